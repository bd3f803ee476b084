"""Styles and scripts of the pages: read, joined and compressed once, and named by their content.

A browser keeps what it has for ever, since other content has another address.
"""

import gzip
import hashlib
import re
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
_IMPORT = re.compile(r'^import [^;]*?"\./([\w.-]+)";$', re.MULTILINE)
# Bytes of one file: everything is held in memory, and packed at the start.
_LARGEST = 750_000
# A page asks for one style: the design language, the components made of it, then where they stand.
_JOINED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "h5.css": ("tokens.css", "components.css", "phone.css", "h5.css"),
        "field.css": ("tokens.css", "components.css", "phone.css", "field.css"),
        "console.css": ("tokens.css", "components.css", "console.css"),
    }
)


@dataclass(frozen=True)
class Asset:
    """``brings`` are the scripts that this one imports, and those that they do."""

    content: bytes
    packed: bytes
    media_type: str
    brings: tuple[str, ...] = ()


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


def brought_by(name: str) -> tuple[str, ...]:
    """Named by the page itself, so that a browser asks for all of them at once and not one journey after another."""
    return assets()[name].brings


def _asset(file: Path) -> Asset:
    parts = _JOINED.get(file.name, (str(file.relative_to(_FOLDER)),))
    content = b"".join((_FOLDER / part).read_bytes() for part in parts)
    if len(content) > _LARGEST:
        raise ValueError(f"{file.name} has {len(content)} bytes, more than {_LARGEST}")
    brings = tuple(sorted(_imported(file))) if file.suffix == ".js" else ()
    return Asset(content, gzip.compress(content, 9, mtime=0), _TYPES[file.suffix], brings)


def _imported(file: Path) -> set[str]:
    direct = set(_IMPORT.findall(file.read_text("utf-8")))
    return direct.union(*(_imported(_FOLDER / name) for name in direct))
