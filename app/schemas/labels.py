"""A label of an appliance as it crosses the API."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import model_validator

from app.schemas.common import Input, NeededStory, Output


class LabelIn(Input):
    """``text`` as ``wx.scanCode`` gives it, or a photo of one's own with the code on it."""

    text: NeededStory | None = None
    attachment_id: UUID | None = None

    @model_validator(mode="after")
    def one_way(self) -> Self:
        if (self.text is None) == (self.attachment_id is None):
            raise ValueError("请提供 text 或 attachment_id 其中一项。")
        return self


class LabelOut(Output):
    """``confidence`` from 0 (no label) to 1; ``seen`` are the fields that the label itself names."""

    brand: str
    model: str
    serial_number: str
    category: str
    manufactured_on: date | None
    confidence: float
    seen: list[str]
    # Of a sticker of ours, for whoever may see its appliance.
    asset_id: str | None = None
