"""The review of a quote as it crosses the API."""

from typing import Literal, Self

from pydantic import model_validator

from app.schemas.common import Input, Line


class ReviewIn(Input):
    decision: Literal["approve", "return"]
    note: Line = ""

    @model_validator(mode="after")
    def reasoned(self) -> Self:
        if self.decision == "return" and not self.note:
            raise ValueError("退回报价请写明要改什么（note）。")
        return self
