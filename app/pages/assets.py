"""Styles and scripts of the pages: read, joined and compressed once, and named by their content.

A browser keeps what it has for ever, since other content has another address.
"""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

_FOLDER = Path(__file__).parent / "assets"
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
# Bytes of one file: everything is held in memory, and packed at the start.
_LARGEST = 750_000
# A page asks for one style: the design language comes first in each.
_JOINED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "h5.css": ("tokens.css", "h5.css", "mine.css"),
        "field.css": ("tokens.css", "h5.css", "field.css"),
        "console.css": ("tokens.css", "console.css"),
    }
)


@dataclass(frozen=True)
class Asset:
    content: bytes
    packed: bytes
    media_type: str


@cache
def assets() -> Mapping[str, Asset]:
    return {
        str(file.relative_to(_FOLDER)): _asset(file)
        for file in sorted(_FOLDER.rglob("*"))
        if file.suffix in _TYPES
    }


@cache
def version() -> str:
    """Of all of them together: a script asks for the others by their plain names."""
    digest = hashlib.sha256()
    for name, asset in assets().items():
        digest.update(name.encode() + b"\0" + asset.content)
    return digest.hexdigest()[:12]


def address(name: str) -> str:
    if name not in assets():
        raise KeyError(name)
    return f"/assets/{version()}/{name}"


def _asset(file: Path) -> Asset:
    parts = _JOINED.get(file.name, (str(file.relative_to(_FOLDER)),))
    content = b"".join((_FOLDER / part).read_bytes() for part in parts)
    if len(content) > _LARGEST:
        raise ValueError(f"{file.name} has {len(content)} bytes, more than {_LARGEST}")
    return Asset(content, gzip.compress(content, 9, mtime=0), _TYPES[file.suffix])
