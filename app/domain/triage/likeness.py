"""How much a text resembles described examples of each fault: naive Bayes over characters and pairs of them.

Rules decide where they speak. People also describe a fault in words that no rule foresaw; then the wording of
earlier descriptions tips the balance.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from operator import add

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
        # Of a fault whose examples lack a gram it says the same, whatever the gram: only what it says more is kept.
        absent = [math.log(_SMOOTHING / (len(examples[fault]) + _SMOOTHING)) for fault in self._faults]
        self._absent = absent
        self._evidence: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for n, (fault, counted) in enumerate(seen.items()):
            for gram, count in counted.items():
                share = overall[gram] / total
                weight = math.log((count / share + _SMOOTHING) / (len(examples[fault]) + _SMOOTHING))
                self._evidence[gram].append((n, weight - absent[n]))

    def scores(self, text: str, *, times: float = 1.0) -> dict[Fault, float]:
        """Each score is taken `times`."""
        known = list(filter(None, map(self._evidence.get, _grams(text))))
        if not known:
            return dict.fromkeys(self._faults, 0.0)
        sums = [len(known) * weight for weight in self._absent]
        for weights in known:
            for n, weight in weights:
                sums[n] += weight
        best = max(sums)
        return {fault: times * max(_FLOOR, s - best) for fault, s in zip(self._faults, sums, strict=True)}


def _grams(text: str) -> dict[str, None]:
    """In their order, so that the sum of their weights is the same to the last bit in every process."""
    text = text.translate(_MARKS)
    return dict.fromkeys([*text, *map(add, text, text[1:])])
