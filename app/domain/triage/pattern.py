"""The notation in which phrases are written, and the index that finds them fast.

A phrase is a regular expression with two additions: `<name>` stands for a word class of `vocabulary.toml`,
and `~` for a gap of at most six characters within one sentence (`~~`: fourteen). Each phrase is filed under
characters, or pairs of neighbours, of which any match must contain one, so a text is tried only against phrases
that could match.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, pairwise, product
from operator import add
from typing import Generic, TypeVar

_MACRO = re.compile(r"<([a-z_]+)>")
_PLAIN = re.compile(r"[\w,/%]+")
_QUANTIFIER = re.compile(r"[?*]|\{0?,\d+\}\??|[+]\??|\{\d+(?:,\d*)?\}\??")
_GAP, _WIDE_GAP = "[^。]{0,6}?", "[^。]{0,14}?"
_ANYTHING = None
DENIALS = frozenset("不没无未")
Anchor = frozenset[str] | None
Meant = TypeVar("Meant")
# More pairs than this would be looked up for longer than they spare.
_MOST_PAIRS = 40
# A character that as many phrases contain is about as likely to be in a text as not.
_USUAL = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Phrase(Generic[Meant]):
    """One way of saying something; several meanings may share it. `regex` is None for plain words.

    `needs`: beside what it is filed under, any match contains one of these. `affirms`: it says that something is, not
    that something is not. `meanings` are (number, what it means): the number is of the place in which it was written.
    """

    source: str
    regex: re.Pattern[str] | None
    needs: Anchor
    affirms: bool
    meanings: list[tuple[int, Meant]]


# The phrase, where it starts and ends, and the words that stand there.
Place = tuple[Phrase[Meant], int, int, str]


class PhraseBook(Generic[Meant]):
    """All phrases in one index: character or pair → phrases that cannot match without it."""

    def __init__(self, entries: Iterable[tuple[Meant, str]], vocabulary: Mapping[str, str]) -> None:
        expanded = [
            (meant, part) for meant, source in entries for part in branches(expand(source, vocabulary))
        ]
        common = Counter(char for _, part in expanded for char in part)
        self.size = len(expanded)
        by_source: dict[str, Phrase[Meant]] = {}
        self._index: defaultdict[str, list[Phrase[Meant]]] = defaultdict(list)
        self._always: list[Phrase[Meant]] = []
        for number, (meant, part) in enumerate(expanded):
            if part not in by_source:
                by_source[part] = self._filed(part, common)
            by_source[part].meanings.append((number, meant))

    def find(self, text: str) -> list[Place[Meant]]:
        """Every place where a phrase stands, with at least one character."""
        present = {*text, *map(add, text, text[1:])}
        index = self._index
        filed = dict.fromkeys(chain(self._always, *[index[key] for key in index.keys() & present]))
        found: list[Place[Meant]] = []
        for phrase in filed:
            # What cannot stand there is cheaper to rule out than to look for.
            needs, regex = phrase.needs, phrase.regex
            if needs is not None and needs.isdisjoint(present):
                continue
            if regex is None:
                start = text.find(phrase.source)
                while start >= 0:
                    found.append((phrase, start, start + len(phrase.source), phrase.source))
                    start = text.find(phrase.source, start + 1)
                continue
            # Most are not there, and to learn that a search is half the price of an iterator.
            match = regex.search(text)
            while match:
                start, end = match.span()
                if end > start:
                    found.append((phrase, start, end, match[0]))
                match = regex.search(text, max(end, start + 1))
        return found

    def _filed(self, part: str, common: Mapping[str, int]) -> Phrase[Meant]:
        regex = None if _PLAIN.fullmatch(part) else re.compile(part)
        anchor, needs = (_pair_of(part, common), _ANYTHING) if regex is None else anchors_of(part, common)
        affirms = DENIALS.isdisjoint(part.replace(_GAP, "").replace(_WIDE_GAP, ""))
        phrase: Phrase[Meant] = Phrase(part, regex, needs, affirms, [])
        for key in anchor or ():
            self._index[key].append(phrase)
        if anchor is _ANYTHING:
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
    return regex and Cue(regex, anchor_of(regex.pattern, {}, pairs=False))


def compile_any(sources: Iterable[str], vocabulary: Mapping[str, str]) -> re.Pattern[str] | None:
    parts = [expand(source, vocabulary) for source in sources]
    return re.compile("|".join(parts)) if parts else None


def branches(pattern: str) -> list[str]:
    """Split at the bars that lie outside every bracket."""
    parts, depth, start, i = [], 0, 0, 0
    while i < len(pattern):
        char = pattern[i]
        if char == "\\":
            i += 1
        elif char == "[":
            i = _class_end(pattern, i) - 1
        elif char in "()":
            depth += 1 if char == "(" else -1
        elif char == "|" and depth == 0:
            parts.append(pattern[start:i])
            start = i + 1
        i += 1
    return [*parts, pattern[start:]]


def anchor_of(pattern: str, common: Mapping[str, int], *, pairs: bool = True) -> Anchor:
    """Characters (or pairs) of which every match contains at least one, or None when nothing is certain."""
    anchors = [_sequence_anchor(branch, common, pairs=pairs) for branch in branches(pattern)]
    return _union(anchors)


def _pair_of(word: str, common: Mapping[str, int]) -> Anchor:
    """Of a plain word, its rarest pair of neighbours: sharper than a single character."""
    pairs = [word[i : i + 2] for i in range(len(word) - 1)] or [word]
    return frozenset({min(pairs, key=lambda pair: sum(common[char] for char in pair))})


def _union(anchors: list[Anchor]) -> Anchor:
    certain = [anchor for anchor in anchors if anchor is not _ANYTHING]
    return frozenset().union(*certain) if len(certain) == len(anchors) else _ANYTHING


def anchors_of(pattern: str, common: Mapping[str, int]) -> tuple[Anchor, Anchor]:
    """The sharpest anchor of one branch, and the sharpest other that shares no character with it."""
    certain = _certain_anchors(pattern, common, pairs=True)
    first = _sharpest(certain, common)
    if first is _ANYTHING:
        return _ANYTHING, _ANYTHING
    known = frozenset("".join(first))
    return first, _sharpest([other for other in certain if known.isdisjoint("".join(other))], common)


def _sequence_anchor(sequence: str, common: Mapping[str, int], *, pairs: bool) -> Anchor:
    return _sharpest(_certain_anchors(sequence, common, pairs=pairs), common)


def _certain_anchors(sequence: str, common: Mapping[str, int], *, pairs: bool) -> list[frozenset[str]]:
    atoms = list(_atoms(sequence, common, pairs=pairs))
    certain = [atom.anchor for atom in atoms if atom.anchor]
    if pairs:
        certain += [pair for left, right in pairwise(atoms) if (pair := _neighbours(left, right))]
    return certain


def _sharpest(anchors: list[frozenset[str]], common: Mapping[str, int]) -> Anchor:
    return min(anchors, key=lambda anchor: sum(_commonness(key, common) for key in anchor), default=_ANYTHING)


@dataclass(frozen=True)
class _Atom:
    """A piece of a sequence: what every match of it contains, and whether that is all it is: one character."""

    anchor: Anchor
    single: bool


def _neighbours(left: _Atom, right: _Atom) -> Anchor:
    if not (left.single and right.single and left.anchor and right.anchor):
        return _ANYTHING
    if len(left.anchor) * len(right.anchor) > _MOST_PAIRS:
        return _ANYTHING
    return frozenset(map("".join, product(left.anchor, right.anchor)))


def _commonness(key: str, common: Mapping[str, int]) -> float:
    """How often a text may be expected to contain it, for comparison only."""
    return math.prod(common.get(char, 0) / _USUAL for char in key)


def _atoms(sequence: str, common: Mapping[str, int], *, pairs: bool) -> Iterator[_Atom]:
    i = 0
    while i < len(sequence):
        char, end, anchor, single = sequence[i], i + 1, _ANYTHING, True
        if char == "\\":
            end = i + 2
        elif char == "[":
            end = _class_end(sequence, i)
            anchor = _class_anchor(sequence[i + 1 : end - 1])
        elif char == "(":
            end = _group_end(sequence, i)
            body = sequence[i + 1 : end - 1]
            single = False
            anchor = _ANYTHING if body.startswith("?") else anchor_of(body, common, pairs=pairs)
        elif char not in ".^$":
            anchor = frozenset(char)
        quantifier = _QUANTIFIER.match(sequence, end)
        if quantifier:
            end, single = quantifier.end(), False
            if quantifier[0][0] in "?*" or quantifier[0].startswith(("{0", "{,")):
                anchor = _ANYTHING
        yield _Atom(anchor, single)
        i = end


def _class_anchor(body: str) -> Anchor:
    return _ANYTHING if body.startswith("^") or "\\" in body or "-" in body else frozenset(body)


def _class_end(pattern: str, start: int) -> int:
    end = start + 1
    while pattern[end] != "]":
        end += 2 if pattern[end] == "\\" else 1
    return end + 1


def _group_end(pattern: str, start: int) -> int:
    depth, i = 0, start
    while True:
        char = pattern[i]
        if char == "\\":
            i += 1
        elif char == "[":
            i = _class_end(pattern, i) - 1
        elif char in "()":
            depth += 1 if char == "(" else -1
            if depth == 0:
                return i + 1
        i += 1
