"""The notation in which phrases are written, and the index that finds them fast.

A phrase is a regular expression with two additions: `<name>` stands for a word class of `vocabulary.toml`,
and `~` for a gap of at most six characters within one sentence (`~~`: fourteen). Each phrase is filed under
characters, or pairs of neighbours, of which any match must contain one, so a text is tried only against phrases
that could match.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from operator import add
from typing import Generic, TypeVar

from app.domain.triage.anchors import ANYTHING, Anchor, Anchors, branches

_MACRO = re.compile(r"<([a-z_]+)>")
_PLAIN = re.compile(r"[\w,/%]+")
_GAP, _WIDE_GAP = "[^。]{0,6}?", "[^。]{0,14}?"
DENIALS = frozenset("不没无未")
Meant = TypeVar("Meant")


@dataclass(slots=True, eq=False)
class Phrase(Generic[Meant]):
    """One way of saying something; several meanings may share it. `plain`: it is words, not an expression.

    `needs`: beside what it is filed under, any match contains one of these. `affirms`: it says that something is, not
    that something is not. `meanings` are (number, what it means): the number is of the place in which it was written.
    """

    source: str
    plain: bool
    needs: Anchor
    affirms: bool
    meanings: list[tuple[int, Meant]]
    # Compiled when a text first could say it: all at once hold up a start by a second, and many are never said.
    regex: re.Pattern[str] | None = None


# The phrase, where it starts and ends, and the words that stand there.
Place = tuple[Phrase[Meant], int, int, str]


class PhraseBook(Generic[Meant]):
    """All phrases in one index: character or pair → phrases that cannot match without it."""

    def __init__(self, entries: Iterable[tuple[Meant, str]], vocabulary: Mapping[str, str]) -> None:
        expanded = [
            (meant, part) for meant, source in entries for part in branches(expand(source, vocabulary))
        ]
        anchors = Anchors(Counter(char for _, part in expanded for char in part))
        self.size = len(expanded)
        by_source: dict[str, Phrase[Meant]] = {}
        self._index: defaultdict[str, list[Phrase[Meant]]] = defaultdict(list)
        self._always: list[Phrase[Meant]] = []
        for number, (meant, part) in enumerate(expanded):
            if part not in by_source:
                by_source[part] = self._filed(part, anchors)
            by_source[part].meanings.append((number, meant))

    def find(self, text: str) -> list[Place[Meant]]:
        """Every place where a phrase stands, with at least one character."""
        present = {*text, *map(add, text, text[1:])}
        index = self._index
        filed = dict.fromkeys(chain(self._always, *[index[key] for key in index.keys() & present]))
        found: list[Place[Meant]] = []
        for phrase in filed:
            # What cannot stand there is cheaper to rule out than to look for.
            needs = phrase.needs
            if needs is not None and needs.isdisjoint(present):
                continue
            if phrase.plain:
                start = text.find(phrase.source)
                while start >= 0:
                    found.append((phrase, start, start + len(phrase.source), phrase.source))
                    start = text.find(phrase.source, start + 1)
                continue
            regex = phrase.regex
            if regex is None:
                regex = phrase.regex = re.compile(phrase.source)
            # Most are not there, and to learn that a search is half the price of an iterator.
            match = regex.search(text)
            while match:
                start, end = match.span()
                if end > start:
                    found.append((phrase, start, end, match[0]))
                match = regex.search(text, max(end, start + 1))
        return found

    def _filed(self, part: str, anchors: Anchors) -> Phrase[Meant]:
        plain = _PLAIN.fullmatch(part) is not None
        anchor, needs = (anchors.of_word(part), ANYTHING) if plain else anchors.two_of(part)
        affirms = DENIALS.isdisjoint(part.replace(_GAP, "").replace(_WIDE_GAP, ""))
        phrase: Phrase[Meant] = Phrase(part, plain, needs, affirms, [])
        for key in anchor or ():
            self._index[key].append(phrase)
        if anchor is ANYTHING:
            self._always.append(phrase)
        return phrase


def expand(source: str, vocabulary: Mapping[str, str]) -> str:
    while _MACRO.search(source):
        source = _MACRO.sub(lambda name: f"({vocabulary[name[1]]})", source)
    return source.replace("~~", _WIDE_GAP).replace("~", _GAP)


@dataclass(frozen=True)
class Cue:
    """An expression that is mostly absent: one look at the characters spares the search."""

    regex: re.Pattern[str]
    marks: Anchor

    def found_in(self, text: str) -> bool:
        return (self.marks is None or not self.marks.isdisjoint(text)) and self.regex.search(text) is not None


def cue(sources: Iterable[str], vocabulary: Mapping[str, str]) -> Cue | None:
    regex = compile_any(sources, vocabulary)
    return regex and Cue(regex, Anchors({}, pairs=False).of(regex.pattern))


def compile_any(sources: Iterable[str], vocabulary: Mapping[str, str]) -> re.Pattern[str] | None:
    parts = [expand(source, vocabulary) for source in sources]
    return re.compile("|".join(parts)) if parts else None
