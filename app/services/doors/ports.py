"""What the ways in need of WeChat. The real implementation calls it; tests bring their own."""

from typing import Protocol

from app.wechat.answers import QRCode


class Doors(Protocol):
    """Every method raises a ``WeChatError``, or ValueError for what WeChat would refuse."""

    @property
    def official_appid(self) -> str:
        """The service account that codes are made for and pages are signed for."""
        ...

    async def js_ticket(self) -> str: ...

    async def qr_code(self, scene: str, expire_seconds: int | None) -> QRCode: ...

    async def mini_code(self, scene: str, page: str) -> bytes: ...

    async def url_link(self, page: str, query: str, days: int) -> str: ...
