"""WeChat's answers to codes, and what it makes for our doors, as a test wants them."""

from app.services.sessions.ports import Identity, InvalidCode, Kind, PhoneCodeExpired
from app.wechat.answers import QRCode
from app.wechat.errors import WeChatError

JPEG = b"\xff\xd8\xff\xe0 a picture"


class FakeWeChat:
    """Both exchanges. A code works once, as in life; ``codes["c"] = Identity("openid")`` makes one.

    And all doors: ``failure`` is what every one of their calls raises from now on.
    """

    official_appid = "wxa100000000000001"

    def __init__(self) -> None:
        self.codes: dict[str, Identity] = {}
        self.phones: dict[str, str] = {}
        self.unionids: dict[str, str] = {}
        self.strangers: set[str] = set()
        self.asked: list[str] = []
        self.calls = 0
        self.failure: WeChatError | None = None
        self.made: list[tuple[str, ...]] = []

    async def js_ticket(self) -> str:
        self._make("js_ticket")
        return "a jsapi ticket"

    async def qr_code(self, scene: str, expire_seconds: int | None) -> QRCode:
        self._make("qr_code", scene, str(expire_seconds))
        return QRCode(f"gQ/{scene}==", f"http://weixin.qq.com/q/{scene}", expire_seconds)

    async def mini_code(self, scene: str, page: str) -> bytes:
        self._make("mini_code", scene, page)
        return JPEG

    async def url_link(self, page: str, query: str, days: int) -> str:
        self._make("url_link", page, query, str(days))
        return f"https://wxaurl.cn/{len(self.made)}"

    def _make(self, *what: str) -> None:
        if self.failure is not None:
            raise self.failure
        self.made.append(what)

    def default(self, kind: Kind) -> str:
        return self.official_appid if kind == "official" else "wxb200000000000002"

    def knows(self, appid: str, kind: Kind) -> bool:
        return appid not in self.strangers

    async def code_to_session(self, appid: str, code: str) -> Identity:
        return self._exchange(appid, code)

    async def oauth_identity(self, appid: str, code: str) -> Identity:
        return self._exchange(appid, code)

    async def phone_number(self, appid: str, code: str) -> str:
        self.calls += 1
        try:
            return self.phones.pop(code)
        except KeyError:
            raise PhoneCodeExpired from None

    async def known_unionid(self, appid: str, openid: str) -> str | None:
        return self.unionids.get(openid)

    def _exchange(self, appid: str, code: str) -> Identity:
        self.calls += 1
        self.asked.append(appid)
        try:
            return self.codes.pop(code)
        except KeyError:
            raise InvalidCode from None
