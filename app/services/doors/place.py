"""An address as a form says it: in words, and where the browser has measured it."""

from collections.abc import Mapping
from math import isfinite

from app.domain.datum import Datum

WORDS = ("province", "city", "district", "detail")
MEASURED = ("latitude", "longitude", "accuracy_m")
ADDRESS_FIELDS = (*WORDS, *MEASURED)


def address_from(said: Mapping[str, str]) -> dict[str, object] | None:
    """As ``AddressIn`` takes it; None where nothing was written. Whoever measures badly has still written where it is:
    coordinates that are none are left out, since nobody could mend them."""
    words: dict[str, object] = {name: said.get(name, "") for name in WORDS}
    if not any(words.values()):
        return None
    latitude, longitude, accuracy = (_degrees(said.get(name, "")) for name in MEASURED)
    if latitude is None or longitude is None or abs(latitude) > 90 or abs(longitude) > 180:
        return words
    off = accuracy if accuracy is not None and 0 <= accuracy <= 100_000 else None
    return words | {"latitude": latitude, "longitude": longitude, "accuracy_m": off, "datum": Datum.WGS84}


def _degrees(said: str) -> float | None:
    try:
        value = float(said)
    except ValueError:
        return None
    return value if isfinite(value) else None
