"""WeChat's answers to codes, as a test wants them."""

from app.services.sessions.ports import Identity, InvalidCode


class FakeWeChat:
    """Both exchanges. A code works once, as in life; ``codes["c"] = Identity("openid")`` makes one."""

    def __init__(self) -> None:
        self.codes: dict[str, Identity] = {}
        self.calls = 0

    async def code_to_session(self, code: str) -> Identity:
        return self._exchange(code)

    async def oauth_identity(self, code: str) -> Identity:
        return self._exchange(code)

    def _exchange(self, code: str) -> Identity:
        self.calls += 1
        try:
            return self.codes.pop(code)
        except KeyError:
            raise InvalidCode from None
