"""What goes wrong on purpose: rules matched against calls and pushes."""

import random
from dataclasses import dataclass, field, replace

import orjson

from sandbox.clock import Clock
from sandbox.mishaps import MAIN, ONCE, Arguments, parse_do
from sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Situation:
    path: str = ""
    appid: str | None = None
    openid: str | None = None
    template_id: str | None = None
    event: str | None = None


@dataclass(frozen=True, slots=True)
class Match:
    path: str | None = None
    appid: str | None = None
    openid: str | None = None
    template_id: str | None = None
    event: str | None = None
    # Only the n-th situation that matches everything else.
    nth: int | None = None
    probability: float | None = None

    def covers(self, situation: Situation) -> bool:
        return all(
            wanted is None or wanted == found
            for wanted, found in (
                (self.path, situation.path),
                (self.appid, situation.appid),
                (self.openid, situation.openid),
                (self.template_id, situation.template_id),
                (self.event, situation.event),
            )
        )


@dataclass(slots=True)
class Rule:
    id: int
    match: Match
    kind: str
    arguments: Arguments
    # How often it may still fire; None is without end.
    left: int | None
    seen: int = 0
    fired: int = 0
    # The preset it came with.
    preset: str = ""
    # When it was made, on the platform's clock: some kinds end by themselves.
    made_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Fired:
    """What befalls one call: kind -> arguments, the oldest rule of a kind wins."""

    by_kind: dict[str, Arguments] = field(default_factory=dict)
    # The how-manieth time its rule fired.
    turns: dict[str, int] = field(default_factory=dict)

    def __contains__(self, kind: str) -> bool:
        return kind in self.by_kind

    def number(self, kind: str) -> float:
        return float(self.by_kind[kind][MAIN[kind][0]])

    def code(self, kind: str) -> int:
        return int(self.number(kind))

    def flag(self, kind: str, name: str, default: bool) -> bool:
        return bool(self.by_kind[kind].get(name, default))

    def text(self, kind: str) -> str:
        return str(self.by_kind[kind][MAIN[kind][0]])


class Faults:
    def __init__(self, store: Store, clock: Clock, seed: int | None) -> None:
        self._store, self._clock = store, clock
        self._rng = random.Random(seed)  # noqa: S311 - chooses mishaps, not secrets
        self._rules = [
            _loaded(r["id"], r["body"]) for r in store.all("SELECT id, body FROM faults ORDER BY id")
        ]

    @property
    def rules(self) -> list[Rule]:
        return list(self._rules)

    def seed(self, seed: int | None) -> None:
        self._rng.seed(seed)

    def add(self, match: Match, do: object, times: int | None, preset: str = "") -> Rule:
        kind, arguments = parse_do(do)
        if path := arguments.pop("path", ""):
            match = replace(match, path=str(path))
        left = times if times is not None else (1 if kind in ONCE else None)
        rule = Rule(0, match, kind, arguments, left, preset=preset, made_at=self._clock.now())
        rule.id = self._store.insert("INSERT INTO faults (body) VALUES (?)", _dumped(rule))
        self._rules.append(rule)
        return rule

    def remove(self, rule_id: int) -> bool:
        self._store.run("DELETE FROM faults WHERE id = ?", rule_id)
        kept = [rule for rule in self._rules if rule.id != rule_id]
        removed, self._rules = len(kept) < len(self._rules), kept
        return removed

    def clear(self) -> None:
        self._store.run("DELETE FROM faults")
        self._rules.clear()

    def quota_spent(self, situation: Situation) -> bool:
        """Count this call against the rules that end a quota; true when one of them has nothing left."""
        spent = False
        for rule in self._quotas(situation):
            rule.seen += 1
            if rule.seen > int(rule.arguments["left"]):
                rule.fired += 1
                spent = True
            self._save(rule)
        return spent

    def quota_left(self, situation: Situation) -> int | None:
        left = [max(0, int(rule.arguments["left"]) - rule.seen) for rule in self._quotas(situation)]
        return min(left, default=None)

    def _quotas(self, situation: Situation) -> list[Rule]:
        """Those of today: at midnight in China everybody has a new quota."""
        if not self._rules:
            return []
        today = self._clock.day_start()
        return [
            rule
            for rule in self._rules
            if rule.kind == "quota" and rule.made_at >= today and rule.match.covers(situation)
        ]

    def bursts(self) -> list[Rule]:
        """Those that still last."""
        now = self._clock.now()
        return [
            rule
            for rule in self._rules
            if rule.kind == "cb_burst" and now < rule.made_at + float(rule.arguments["seconds"])
        ]

    def fire(self, situation: Situation, kinds: frozenset[str]) -> Fired:
        if not self._rules:
            return _NOTHING
        by_kind: dict[str, Arguments] = {}
        turns: dict[str, int] = {}
        for rule in self._rules:
            if rule.kind in kinds and rule.kind not in by_kind and self._fires(rule, situation):
                by_kind[rule.kind], turns[rule.kind] = rule.arguments, rule.fired
        return Fired(by_kind, turns) if by_kind else _NOTHING

    def _fires(self, rule: Rule, situation: Situation) -> bool:
        if rule.left == 0 or not rule.match.covers(situation):
            return False
        rule.seen += 1
        chance = rule.match.probability
        happens = rule.match.nth in (None, rule.seen) and (chance is None or self._rng.random() < chance)
        if happens:
            rule.fired += 1
            rule.left = None if rule.left is None else rule.left - 1
        self._save(rule)
        return happens

    def _save(self, rule: Rule) -> None:
        self._store.run("UPDATE faults SET body = ? WHERE id = ?", _dumped(rule), rule.id)


_NOTHING = Fired()


def _dumped(rule: Rule) -> str:
    return orjson.dumps(rule).decode()


def _loaded(rule_id: int, body: str) -> Rule:
    stored = orjson.loads(body)
    return Rule(**{**stored, "id": rule_id, "match": Match(**stored["match"])})
