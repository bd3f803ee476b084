"""The code that leads to following the service account, drawn by us: no picture of another host stands on our pages."""

from app.services.barcodes.call import draw_code
from app.services.doors.busy import wechat_failed
from app.services.doors.ports import Doors
from app.wechat.errors import WeChatError

# Nobody's scene: a scan of it is answered as any new follower is.
_SCENE = "follow"


class FollowCode:
    """WeChat gives one permanent code for one scene, so it is asked once in the life of a process."""

    def __init__(self) -> None:
        self._drawn: dict[str, str] = {}

    async def svg(self, doors: Doors) -> str:
        """Errors: unavailable."""
        appid = doors.official_appid
        if appid not in self._drawn:
            try:
                code = await doors.qr_code(_SCENE, None)
            except WeChatError as error:
                raise wechat_failed(error) from error
            self._drawn[appid] = await draw_code(code.url)
        return self._drawn[appid]
