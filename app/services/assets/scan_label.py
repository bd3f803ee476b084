"""A label that was scanned: what its code says, completed from the catalogue of products."""

import asyncpg

from app.domain.labels import read_label
from app.schemas.labels import LabelOut
from app.services.doors.stickers import Thing

_PRODUCT = """
SELECT brand, category FROM products WHERE model = $1 AND ($2 = '' OR brand = $2) ORDER BY brand LIMIT 2
"""


async def scan_label(connection: asyncpg.Connection, text: str) -> LabelOut:
    """Nothing is kept: whoever scanned it looks at what was read before he says that it is his."""
    label = read_label(text)
    brand, category = label.brand, label.category
    rows = await connection.fetch(_PRODUCT, label.model, brand) if label.model else []
    if len(rows) == 1:
        # One brand only has such a model: the catalogue knows what the label leaves out.
        brand, category = rows[0]["brand"], rows[0]["category"]
    return LabelOut(
        brand=brand,
        model=label.model,
        serial_number=label.serial_number,
        category=category,
        manufactured_on=label.manufactured_on,
        confidence=label.confidence,
        seen=list(label.seen),
    )


def of_ours(thing: Thing) -> LabelOut:
    """What a code of ours stands for."""
    label = thing.label
    known = {"brand": label.brand, "model": label.model, "serial_number": label.serial_number}
    return LabelOut(
        **known,
        category=label.category,
        manufactured_on=None,
        confidence=1,
        seen=[name for name, value in known.items() if value],
        asset_id=str(thing.asset_id) if thing.asset_id else None,
    )
