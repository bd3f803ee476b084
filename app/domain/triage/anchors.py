"""What any match of an expression is certain to contain: by that the phrases are filed.

Brackets, bars and quantifiers are read here as `re` reads them, as far as the rules use them.
"""

import math
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise, product
from typing import NamedTuple

Anchor = frozenset[str] | None
ANYTHING = None
# Whatever hides brackets and bars, and those that are not hidden.
_MARK = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|[()|]", re.DOTALL)
_DEPTH = {"(": 1, ")": -1, "|": 0}
_QUANTIFIER = re.compile(r"[?*]|\{0?,\d+\}\??|[+]\??|\{\d+(?:,\d*)?\}\??")
# More pairs than this would be looked up for longer than they spare.
_MOST_PAIRS = 40
# A character that as many phrases contain is about as likely to be in a text as not.
_USUAL = 1000


def branches(pattern: str) -> list[str]:
    """Split at the bars that lie outside every bracket."""
    if "|" not in pattern:
        return [pattern]
    parts, start = [], 0
    for place, char, depth in _marks(pattern, 0):
        if char == "|" and depth == 0:
            parts.append(pattern[start:place])
            start = place + 1
    return [*parts, pattern[start:]]


class _Atom(NamedTuple):
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
        if first is ANYTHING:
            return ANYTHING, ANYTHING
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
        return min(anchors, key=self._how_common, default=ANYTHING)

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
            char, end, anchor, single = sequence[i], i + 1, ANYTHING, True
            if char == "\\":
                end = i + 2
            elif char == "[":
                end = _class_end(sequence, i)
                anchor = _class_anchor(sequence[i + 1 : end - 1])
            elif char == "(":
                end = _group_end(sequence, i)
                body = sequence[i + 1 : end - 1]
                single = False
                anchor = ANYTHING if body.startswith("?") else self.of(body)
            elif char not in ".^$":
                anchor = frozenset(char)
            quantifier = _QUANTIFIER.match(sequence, end)
            if quantifier:
                end, single = quantifier.end(), False
                if quantifier[0][0] in "?*" or quantifier[0].startswith(("{0", "{,")):
                    anchor = ANYTHING
            yield _Atom(anchor, single)
            i = end


def _neighbours(left: _Atom, right: _Atom) -> Anchor:
    if not (left.single and right.single and left.anchor and right.anchor):
        return ANYTHING
    if len(left.anchor) * len(right.anchor) > _MOST_PAIRS:
        return ANYTHING
    return frozenset(map("".join, product(left.anchor, right.anchor)))


def _union(anchors: list[Anchor]) -> Anchor:
    certain = [anchor for anchor in anchors if anchor is not ANYTHING]
    return frozenset().union(*certain) if len(certain) == len(anchors) else ANYTHING


def _class_anchor(body: str) -> Anchor:
    return ANYTHING if body.startswith("^") or "\\" in body or "-" in body else frozenset(body)


def _class_end(pattern: str, start: int) -> int:
    end = start + 1
    while pattern[end] != "]":
        end += 2 if pattern[end] == "\\" else 1
    return end + 1


def _group_end(pattern: str, start: int) -> int:
    return next(place + 1 for place, _, depth in _marks(pattern, start) if depth == 0)


def _marks(pattern: str, start: int) -> Iterator[tuple[int, str, int]]:
    """Each bracket and bar that means one, with how many brackets are open after it."""
    depth = 0
    for mark in _MARK.finditer(pattern, start):
        char = mark[0]
        if char in _DEPTH:
            depth += _DEPTH[char]
            yield mark.start(), char, depth
