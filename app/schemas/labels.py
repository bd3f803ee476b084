"""A label of an appliance as it crosses the API."""

from datetime import date

from app.schemas.common import Input, NeededStory, Output


class LabelIn(Input):
    """``text`` as ``wx.scanCode`` gives it."""

    text: NeededStory


class LabelOut(Output):
    """``confidence`` from 0 (no label) to 1; ``seen`` are the fields that the label itself names."""

    brand: str
    model: str
    serial_number: str
    category: str
    manufactured_on: date | None
    confidence: float
    seen: list[str]
