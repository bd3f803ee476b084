"""WeChat's answers to codes, as a test wants them."""

from app.services.sessions.ports import Identity, InvalidCode, Kind, PhoneCodeExpired


class FakeWeChat:
    """Both exchanges. A code works once, as in life; ``codes["c"] = Identity("openid")`` makes one."""

    def __init__(self) -> None:
        self.codes: dict[str, Identity] = {}
        self.phones: dict[str, str] = {}
        self.unionids: dict[str, str] = {}
        self.strangers: set[str] = set()
        self.asked: list[str] = []
        self.calls = 0

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
