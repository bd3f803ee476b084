"""The notation in which phrases are written, and the index that finds them fast.

A phrase is a regular expression with two additions: `<name>` stands for a word class of `vocabulary.toml`,
and `~` for a gap of at most six characters within one sentence (`~~`: fourteen). Each phrase is filed under
characters of which any match must contain one, so a text is tried only against phrases that could match.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

_MACRO = re.compile(r"<([a-z_]+)>")
_PLAIN = re.compile(r"[\w,/%]+")
_QUANTIFIER = re.compile(r"[?*]|\{0?,\d+\}\??|[+]\??|\{\d+(?:,\d*)?\}\??")
_GAP, _WIDE_GAP = "[^。]{0,6}?", "[^。]{0,14}?"
_ANYTHING = None
DENIAL = re.compile("[不没无未]")
Anchor = frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Phrase:
    """One way of saying something. `key` names what it is evidence of."""

    key: int
    source: str
    regex: re.Pattern[str] | None

    @property
    def affirms(self) -> bool:
        """It says that something is, not that something is not."""
        return not DENIAL.search(self.source.replace(_GAP, "").replace(_WIDE_GAP, ""))

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        if self.regex is not None:
            for found in self.regex.finditer(text):
                yield found.span()
            return
        start = text.find(self.source)
        while start >= 0:
            yield start, start + len(self.source)
            start = text.find(self.source, start + 1)


class PhraseBook:
    """All phrases in one index: character or pair → phrases that cannot match without it."""

    def __init__(self, entries: Iterable[tuple[int, str]], vocabulary: Mapping[str, str]) -> None:
        expanded = [(key, part) for key, source in entries for part in branches(expand(source, vocabulary))]
        common = Counter(char for _, part in expanded for char in part)
        self._index: defaultdict[str, list[Phrase]] = defaultdict(list)
        self._always: list[Phrase] = []
        self.size = len(expanded)
        for key, part in expanded:
            phrase = Phrase(key, part, None if _PLAIN.fullmatch(part) else re.compile(part))
            anchor = _pair_of(part, common) if phrase.regex is None else anchor_of(part, common)
            for key_text in anchor or ():
                self._index[key_text].append(phrase)
            if anchor is _ANYTHING:
                self._always.append(phrase)

    def candidates(self, text: str) -> Iterable[Phrase]:
        present = {*text, *map("".join, pairwise(text))}
        found = {id(phrase): phrase for key in present for phrase in self._index.get(key, ())}
        found.update((id(phrase), phrase) for phrase in self._always)
        # Asking a plain phrase outright is cheaper than looking for its places.
        return [phrase for phrase in found.values() if phrase.regex is not None or phrase.source in text]


def expand(source: str, vocabulary: Mapping[str, str]) -> str:
    while _MACRO.search(source):
        source = _MACRO.sub(lambda name: f"({vocabulary[name[1]]})", source)
    return source.replace("~~", _WIDE_GAP).replace("~", _GAP)


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


def anchor_of(pattern: str, common: Mapping[str, int]) -> Anchor:
    """Characters of which every match contains at least one, or None when nothing is certain."""
    anchors = [_sequence_anchor(branch, common) for branch in branches(pattern)]
    return _union(anchors)


def _pair_of(word: str, common: Mapping[str, int]) -> Anchor:
    """Of a plain word, its rarest pair of neighbours: sharper than a single character."""
    pairs = [word[i : i + 2] for i in range(len(word) - 1)] or [word]
    return frozenset({min(pairs, key=lambda pair: sum(common[char] for char in pair))})


def _union(anchors: list[Anchor]) -> Anchor:
    certain = [anchor for anchor in anchors if anchor is not _ANYTHING]
    return frozenset().union(*certain) if len(certain) == len(anchors) else _ANYTHING


def _sequence_anchor(sequence: str, common: Mapping[str, int]) -> Anchor:
    certain = [anchor for anchor in _atoms(sequence, common) if anchor]
    return min(certain, key=lambda chars: sum(common.get(c, 0) for c in chars), default=_ANYTHING)


def _atoms(sequence: str, common: Mapping[str, int]) -> Iterator[Anchor]:
    i = 0
    while i < len(sequence):
        char, end, anchor = sequence[i], i + 1, _ANYTHING
        if char == "\\":
            end = i + 2
        elif char == "[":
            end = _class_end(sequence, i)
            anchor = _class_anchor(sequence[i + 1 : end - 1])
        elif char == "(":
            end = _group_end(sequence, i)
            body = sequence[i + 1 : end - 1]
            anchor = _ANYTHING if body.startswith("?") else anchor_of(body, common)
        elif char not in ".^$":
            anchor = frozenset(char)
        quantifier = _QUANTIFIER.match(sequence, end)
        if quantifier:
            end = quantifier.end()
            if quantifier[0][0] in "?*" or quantifier[0].startswith(("{0", "{,")):
                anchor = _ANYTHING
        yield anchor
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
