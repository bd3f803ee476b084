"""Standing answers: to entries of the menu, to greetings and thanks, to a few fixed questions.

Only a message that consists of such a phrase gets one; a sentence that contains it is for people to answer.
"""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).parent / "replies.toml"
_LINK = re.compile(r"<a [^>]*>([^<]*)</a>")
# Nothing longer is a mere phrase.
_LONGEST_PHRASE = 24


class _Menu(BaseModel):
    model_config = ConfigDict(extra="forbid")

    keys: list[str]
    text: str


class _Phrases(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kind: str
    words: list[str]
    text: str
    opens: bool = False


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    menu: list[_Menu]
    phrases: list[_Phrases]


class RepliesError(ValueError):
    """The file contradicts itself."""


@dataclass(frozen=True)
class Standing:
    """``opens``: a person is wanted besides, so that the words open a conversation where none is open."""

    text: str
    opens: bool = False

    def linked(self, base_url: str) -> str:
        """As it is sent, with the address of the pages of this deployment."""
        return self.text.replace("{h5}", f"{base_url.rstrip('/')}/h5")

    @property
    def plain(self) -> str:
        """As it is kept for people to read: without the links."""
        return _LINK.sub(r"\1", self.text)


@dataclass(frozen=True)
class Replies:
    menu: Mapping[str, Standing]
    phrases: Mapping[str, Standing]


@cache
def standing_replies() -> Replies:
    return load(FILE)


def load(path: Path) -> Replies:
    file = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    menu = [(key.lower(), Standing(entry.text)) for entry in file.menu for key in entry.keys]
    phrases = [
        (bare(word), Standing(entry.text, entry.opens)) for entry in file.phrases for word in entry.words
    ]
    return Replies(_unique(menu), _unique(phrases))


def for_key(key: str) -> Standing | None:
    """The answer to a tap on an entry of the menu."""
    return standing_replies().menu.get(key.strip().lower())


def for_text(text: str) -> Standing | None:
    """The answer to a phrase that needs no person; None for everything else."""
    if len(text) > 2 * _LONGEST_PHRASE:
        return None
    return standing_replies().phrases.get(bare(text))


def bare(text: str) -> str:
    """Letters, digits and blanks within: what is left of 您好！！～ when its ornaments fall off."""
    folded = unicodedata.normalize("NFKC", text).lower()
    kept = "".join(char if char.isalnum() else " " if char.isspace() else "" for char in folded)
    return " ".join(kept.split()) if kept.isascii() else "".join(kept.split())


def _unique(entries: list[tuple[str, Standing]]) -> Mapping[str, Standing]:
    found = dict(entries)
    if len(found) != len(entries) or "" in found:
        raise RepliesError("an entry of replies.toml is empty or there twice")
    return MappingProxyType(found)
