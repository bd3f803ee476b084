from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.crypto import same

SECRET_COOKIE = "sandbox_secret"  # noqa: S105 - a name


class BearerGuard:
    """Control is for those who hold the secret, also on loopback: it hands out tokens and ends them."""

    def __init__(self, app: ASGIApp, secret: str) -> None:
        self._app, self._secret = app, secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not has_bearer(HTTPConnection(scope), self._secret):
            refusal = JSONResponse({"error": "bearer secret required"}, 401, {"WWW-Authenticate": "Bearer"})
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


def has_bearer(connection: HTTPConnection, secret: str) -> bool:
    return same(connection.headers.get("authorization", ""), f"Bearer {secret}")


def has_cookie(connection: HTTPConnection, secret: str) -> bool:
    return same(connection.cookies.get(SECRET_COOKIE, ""), secret)
