"""How many bytes a request may bring, counted as they arrive: a chunked body announces nothing."""

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.edge.answers import problem_response
from app.errors import PayloadTooLarge

KB = 1024
JSON_LIMIT = 1024 * KB
CALLBACK_LIMIT = 64 * KB
UPLOAD_LIMIT = 12 * 1024 * KB
VIDEO_LIMIT = 52 * 1024 * KB
UPLOAD_PATH = "/api/v1/attachments"
UPLOADS = {UPLOAD_PATH: UPLOAD_LIMIT, f"{UPLOAD_PATH}/videos": VIDEO_LIMIT}
# A form of a phone's page may bring a photo; without script there is no other way.
FIELD = "/field/"
FORMS = ("/h5/", FIELD)
# Not a courtesy: without it the server would go on reading the rest to keep the connection usable.
CLOSE = {"Connection": "close"}


class BodyLimits:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Of two of a name the first counts, as it does for whoever reads the body.
        headers = dict(reversed(scope["headers"]))
        limit = limit_for(scope["path"], headers.get(b"content-type", b"").decode("latin-1"))
        announced = headers.get(b"content-length", b"")
        if announced.isdigit() and int(announced) > limit:
            await problem_response(PayloadTooLarge(), headers=CLOSE)(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                if received > limit:
                    # The only kind of error that FastAPI lets pass while it reads a body.
                    raise HTTPException(413, headers=CLOSE)
            return message

        await self._app(scope, receive_counted, send)


def limit_for(path: str, content_type: str) -> int:
    if path.startswith("/wechat/"):
        return CALLBACK_LIMIT
    if content_type.lower().startswith("multipart/form-data"):
        # The engineer's page sends its videos where it sends its photos.
        of_field = path.startswith(FIELD) and path.endswith("/photos")
        of_a_page = UPLOAD_LIMIT if path.startswith(FORMS) else JSON_LIMIT
        return UPLOADS.get(path, VIDEO_LIMIT if of_field else of_a_page)
    return JSON_LIMIT
