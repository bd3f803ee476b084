from typing import Literal

from app.schemas.common import Output


class IssueOut(Output):
    code: str
    message: str


class Ready(Output):
    status: Literal["ready", "degraded", "broken"]
    issues: list[IssueOut]
