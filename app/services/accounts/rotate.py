"""Move everything that lies sealed under the first key of the ring."""

from dataclasses import dataclass

import asyncpg

from app.services.credentials.keyring import KeyRing

# Every sealed column of the database, by table and primary key.
SEALED = (
    ("wechat_accounts", ("appid",), ("secret", "token", "aes_key", "previous_aes_key")),
    ("wechat_credentials", ("appid", "kind"), ("value",)),
    ("webhook_endpoints", ("id",), ("secret", "previous_secret")),
    ("second_factors", ("staff_id",), ("secret",)),
)


@dataclass(frozen=True)
class Rotated:
    moved: int
    kept: int
    # What no key opens, as "table.column of key": it has to be entered again.
    lost: tuple[str, ...]


async def rotate_keys(connection: asyncpg.Connection, ring: KeyRing) -> Rotated:
    """In the caller's one transaction: all of it or nothing. Running it again moves what is left, if anything."""
    moved, kept, lost = 0, 0, []
    for table, keys, columns in SEALED:
        named = ", ".join((*keys, *columns))
        for row in await connection.fetch(f"SELECT {named} FROM {table} ORDER BY {keys[0]} FOR UPDATE"):
            for column in columns:
                sealed = row[column]
                if sealed is None or ring.is_current(sealed):
                    kept += sealed is not None
                    continue
                text = ring.open(sealed)
                if text is None:
                    lost.append(f"{table}.{column}（{'，'.join(str(row[key]) for key in keys)}）")
                    continue
                where = " AND ".join(f"{key} = ${number}" for number, key in enumerate(keys, 2))
                statement = f"UPDATE {table} SET {column} = $1 WHERE {where}"
                await connection.execute(statement, ring.seal(text), *(row[key] for key in keys))
                moved += 1
    return Rotated(moved, kept, tuple(lost))
