"""How a tour can fail."""


class TourFailed(Exception):
    """The story cannot go on; the sentence says why."""


class Refused(TourFailed):
    """The service said no, by its stable code."""

    def __init__(self, status: int, code: str, msg: str, *, repeated: bool) -> None:
        super().__init__(f"{status} {code}：{msg}")
        self.code = code
        # The request had been sent before without an answer: it may have had its effect already.
        self.repeated = repeated
