import hmac

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.crypto import same

CONSOLE_HEADER = "x-sandbox-console"
SECRET_COOKIE = "sandbox_secret"  # noqa: S105 - a name


class BearerGuard:
    """Control is for those who hold the secret, also on loopback: it hands out tokens and ends them."""

    def __init__(self, app: ASGIApp, secret: str) -> None:
        self._app, self._secret = app, secret

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        if not (has_bearer(connection, self._secret) or from_console(connection, self._secret)):
            refusal = JSONResponse({"error": "bearer secret required"}, 401, {"WWW-Authenticate": "Bearer"})
            await refusal(scope, receive, send)
            return
        await self._app(scope, receive, send)


def has_bearer(connection: HTTPConnection, secret: str) -> bool:
    return same(connection.headers.get("authorization", ""), f"Bearer {secret}")


def from_console(connection: HTTPConnection, secret: str) -> bool:
    """A page of ours in a browser that was let in. The header of its own keeps other pages out: a browser asks
    us before it sends one across origins, and we do not answer."""
    return has_cookie(connection, secret) and connection.headers.get(CONSOLE_HEADER) == "1"


def has_cookie(connection: HTTPConnection, secret: str) -> bool:
    return same(connection.cookies.get(SECRET_COOKIE, ""), cookie_value(secret))


def cookie_value(secret: str) -> str:
    """Not the secret itself: a browser sends its cookies to every port of a host, so other programs see them."""
    return hmac.new(secret.encode(), b"console", "sha256").hexdigest()
