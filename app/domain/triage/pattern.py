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

    def _filed(self, part: str, anchors: "Anchors") -> Phrase[Meant]:
        plain = _PLAIN.fullmatch(part) is not None
        anchor, needs = (anchors.of_word(part), _ANYTHING) if plain else anchors.two_of(part)
        affirms = DENIALS.isdisjoint(part.replace(_GAP, "").replace(_WIDE_GAP, ""))
        phrase: Phrase[Meant] = Phrase(part, plain, needs, affirms, [])
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
    return regex and Cue(regex, Anchors({}, pairs=False).of(regex.pattern))


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


@dataclass(frozen=True)
class _Atom:
    """A piece of a sequence: what every match of it contains, and whether that is all it is: one character."""

    anchor: Anchor
    single: bool


class Anchors:
    """Characters (or pairs) of which every match of an expression contains at least one; None: nothing is certain.

    The sharper, the less `common` its characters are: how many phrases of the book have each.
    """

    def __init__(self, common: Mapping[str, int], *, pairs: bool = True) -> None:
        self._common, self._pairs = common, pairs
        # The same word classes stand in hundreds of phrases.
        self._of: dict[str, Anchor] = {}
        self._commonness: dict[frozenset[str], float] = {}

    def of(self, pattern: str) -> Anchor:
        if pattern not in self._of:
            self._of[pattern] = _union(
                [self._sharpest(self._certain(branch)) for branch in branches(pattern)]
            )
        return self._of[pattern]

    def two_of(self, branch: str) -> tuple[Anchor, Anchor]:
        """The sharpest anchor of one branch, and the sharpest other that shares no character with it."""
        certain = self._certain(branch)
        first = self._sharpest(certain)
        if first is _ANYTHING:
            return _ANYTHING, _ANYTHING
        known = frozenset("".join(first))
        return first, self._sharpest([other for other in certain if known.isdisjoint("".join(other))])

    def of_word(self, word: str) -> Anchor:
        """Of a plain word, its rarest pair of neighbours: sharper than a single character."""
        pairs = [word[i : i + 2] for i in range(len(word) - 1)] or [word]
        return frozenset({min(pairs, key=lambda pair: sum(self._common[char] for char in pair))})

    def _certain(self, sequence: str) -> list[frozenset[str]]:
        atoms = list(self._atoms(sequence))
        certain = [atom.anchor for atom in atoms if atom.anchor]
        if self._pairs:
            certain += [pair for left, right in pairwise(atoms) if (pair := _neighbours(left, right))]
        return certain

    def _sharpest(self, anchors: list[frozenset[str]]) -> Anchor:
        return min(anchors, key=self._how_common, default=_ANYTHING)

    def _how_common(self, anchor: frozenset[str]) -> float:
        """How often a text may be expected to contain one of them, for comparison only."""
        known = self._commonness.get(anchor)
        if known is None:
            shares = [[self._common.get(char, 0) / _USUAL for char in key] for key in anchor]
            known = self._commonness[anchor] = sum(map(math.prod, shares))
        return known

    def _atoms(self, sequence: str) -> Iterator[_Atom]:
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
                anchor = _ANYTHING if body.startswith("?") else self.of(body)
            elif char not in ".^$":
                anchor = frozenset(char)
            quantifier = _QUANTIFIER.match(sequence, end)
            if quantifier:
                end, single = quantifier.end(), False
                if quantifier[0][0] in "?*" or quantifier[0].startswith(("{0", "{,")):
                    anchor = _ANYTHING
            yield _Atom(anchor, single)
            i = end


def _neighbours(left: _Atom, right: _Atom) -> Anchor:
    if not (left.single and right.single and left.anchor and right.anchor):
        return _ANYTHING
    if len(left.anchor) * len(right.anchor) > _MOST_PAIRS:
        return _ANYTHING
    return frozenset(map("".join, product(left.anchor, right.anchor)))


def _union(anchors: list[Anchor]) -> Anchor:
    certain = [anchor for anchor in anchors if anchor is not _ANYTHING]
    return frozenset().union(*certain) if len(certain) == len(anchors) else _ANYTHING


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
