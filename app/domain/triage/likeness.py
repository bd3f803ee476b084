"""How much a text resembles described examples of each fault: naive Bayes over characters and pairs of them.

Rules decide where they speak. People also describe a fault in words that no rule foresaw; then the wording of
earlier descriptions tips the balance.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from app.domain.triage.labels import Fault

_SMOOTHING = 1.5
_FLOOR = -6.0
_MARKS = str.maketrans("", "", ",。")


class Likeness:
    """Built once from normalised examples. The likeliest fault scores 0, the others down to -6."""

    def __init__(self, examples: Mapping[Fault, Sequence[str]]) -> None:
        seen = {
            fault: Counter(g for text in texts for g in _grams(text)) for fault, texts in examples.items()
        }
        total = sum(len(texts) for texts in examples.values())
        overall: Counter[str] = Counter()
        for counted in seen.values():
            overall.update(counted)
        self._faults = tuple(examples)
        self._evidence: defaultdict[str, list[float]] = defaultdict(list)
        for gram, count in overall.items():
            share = count / total
            for fault in self._faults:
                within = (seen[fault][gram] + _SMOOTHING * share) / (len(examples[fault]) + _SMOOTHING)
                self._evidence[gram].append(math.log(within / share))

    def scores(self, text: str) -> dict[Fault, float]:
        known = [self._evidence[gram] for gram in _grams(text) if gram in self._evidence]
        if not known:
            return dict.fromkeys(self._faults, 0.0)
        sums = [sum(column) for column in zip(*known, strict=True)]
        best = max(sums)
        return {fault: max(_FLOOR, s - best) for fault, s in zip(self._faults, sums, strict=True)}


def _grams(text: str) -> dict[str, None]:
    """In their order, so that the sum of their weights is the same to the last bit in every process."""
    text = text.translate(_MARKS)
    return dict.fromkeys([*text, *map("".join, pairwise(text))])
