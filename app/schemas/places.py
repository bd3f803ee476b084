"""A place as somebody measured it, in the system in which he measured it."""

from typing import Annotated

from pydantic import Field

from app.domain.datum import Datum, as_kept
from app.domain.travel import Point
from app.schemas.common import Input

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class Measured(Input):
    """Degrees. ``datum`` says of which system: GCJ-02, in which places are kept and which ``wx.chooseLocation``
    answers, or WGS-84, which a browser measures and which is converted."""

    latitude: Latitude | None = None
    longitude: Longitude | None = None
    datum: Datum = Datum.GCJ02

    def point(self) -> Point | None:
        """In GCJ-02; None where nothing was measured."""
        if self.latitude is None or self.longitude is None:
            return None
        return as_kept(self.latitude, self.longitude, self.datum)
