"""What pages load: styles and scripts."""

from typing import Annotated

from fastapi import Header, Path
from starlette.responses import Response

from app.edge.routes import Routes
from app.errors import NotFound
from app.pages.assets import assets, version

router = Routes(include_in_schema=False)

_FOR_EVER = "public, max-age=31536000, immutable"


@router.get("/assets/{of}/{name}")
async def page_asset(
    of: Annotated[str, Path(pattern=r"^[0-9a-f]{12}$")],
    name: str,
    accept_encoding: Annotated[str, Header()] = "",
) -> Response:
    """While processes of two versions answer, a page of one may ask the other: it gets what there is, to look again."""
    asset = assets().get(name)
    if asset is None:
        raise NotFound
    headers = {
        "Cache-Control": _FOR_EVER if of == version() else "no-cache",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if "gzip" in accept_encoding:
        return Response(
            asset.packed, media_type=asset.media_type, headers=headers | {"Content-Encoding": "gzip"}
        )
    return Response(asset.content, media_type=asset.media_type, headers=headers)
