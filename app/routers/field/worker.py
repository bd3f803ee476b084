"""The script that keeps the engineer's pages on his phone, so that they open in a tunnel."""

from fastapi.responses import Response

from app.edge.routes import Routes
from app.pages.assets import address, assets, version
from app.pages.problem import FIELD

router = Routes(prefix=FIELD, include_in_schema=False)

# What the pages need to be drawn.
_KEPT = ("field.css", "field.js", "field_queue.js", "field_sign.js", "send_once.js", "photos.js", "icon.svg")


@router.get("/worker.js")
async def worker() -> Response:
    """Another version of our assets is another script: the browser fetches it, and what it kept before goes."""
    kept = ",".join(f'"{address(name)}"' for name in _KEPT)
    head = f'const VERSION = "{version()}";\nconst ASSETS = [{kept}];\n'
    headers = {
        "Cache-Control": "no-cache",
        "Service-Worker-Allowed": FIELD,
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; connect-src 'self'; script-src 'self'",
    }
    content = head.encode() + assets()["field_worker.js"].content
    return Response(content, media_type="text/javascript; charset=utf-8", headers=headers)
