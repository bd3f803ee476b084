"""Quotes, revisions, variations, refusals, reviews and finishes in no particular order, for hypothesis to find one in
which an agreed line vanishes or more is charged than was agreed. Everything goes through HTTP, on the world of the
state machine of the life cycle.
"""

import asyncio
from random import Random
from typing import Any, ClassVar

from fastapi import FastAPI
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy.ext.asyncio import AsyncEngine

from app.domain.lifecycle import Role
from app.services.operations.doctor import examine
from app.settings import Settings
from tests.tickets import bodies
from tests.tickets.machine import Known, Life

SEEDS = st.integers(0, 2**32)
QUANTITIES = st.sampled_from([1, 2, 9, 40])
DISCOUNTS = st.sampled_from([0, 0, 500, 8000])
FIRST = ("triage", "offer", "accept", "book", "depart", "arrive")
REVIEWED = ("in_review",)


class Haggle(RuleBasedStateMachine):
    """``agreed`` is what the model knows: the lines of the newest approved quote, and the charge of each finish."""

    application: ClassVar[FastAPI]
    settings: ClassVar[Settings]
    steps: ClassVar[int] = 0
    finished: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.life = Life()
        self.agreed: list[tuple[str, int, int]] = []
        self.version = 0
        self.changed = True

    @classmethod
    def open(cls, runner: asyncio.Runner) -> AsyncEngine:
        Life.application, Life.settings = cls.application, cls.settings
        Life.open(runner)
        return Life.engine

    def teardown(self) -> None:
        self.life.teardown()

    @initialize(covered=st.booleans())
    def somebody_is_at_the_door(self, covered: bool) -> None:
        made = self.life._submit("c1", {}, None)
        self.ticket = Known(made["number"], "c1", made["state"], made["version"])
        for event in FIRST:
            extra: dict[str, Any] = {"warranty": "in" if covered else "out"} if event == "triage" else {}
            if event == "arrive":
                extra = bodies.HOME
            if event == "book":
                extra = {"window": bodies.window(self.life.world.clock.now, hour=14)}
            who = {"triage": "agent", "offer": "agent", "book": "c1"}.get(event)
            assert self._ask(who or self._engineer(), event, **extra) == 200, event

    @rule(quantity=QUANTITIES, discount=DISCOUNTS, cause=st.sampled_from([None, "misuse"]))
    def quote(self, quantity: int, discount: int, cause: str | None) -> None:
        reason = {"discount_reason": "优惠"} if discount else {}
        line = {
            "code": "AC-GAS",
            "quantity": quantity,
            "discount_fen": discount,
            "not_covered": cause,
        } | reason
        event = "revise_quote" if self._seen()["state"] == "quote_pending" else "quote"
        if self._ask(self._engineer(), event, lines=[line]) == 200:
            quote = self._seen()["quote"]
            assert _lines(quote)[: len(self.agreed)] == self.agreed

    @rule(approve=st.booleans())
    def review(self, approve: bool) -> None:
        quote = self._seen()["quote"]
        if quote and quote["state"] in REVIEWED:
            body = {"decision": "approve" if approve else "return", "note": "请核对"}
            url = f"/api/v1/tickets/{self.ticket.number}/quotes/{quote['version']}/review"
            assert self.life._post("manager", url, body).status_code == 200
            self.changed = True

    @rule(shift=st.sampled_from([0, 0, 0, -1]))
    def approve(self, shift: int) -> None:
        quote = self._seen()["quote"]
        version = max(1, (quote["version"] if quote else 1) + shift)
        if self._ask("c1", "approve_quote", quote_version=version) == 200:
            assert (version, quote["state"]) == (quote["version"], "pending")
            assert _lines(quote)[: len(self.agreed)] == self.agreed
            self.agreed, self.version = _lines(quote), quote["version"]

    @rule(word=st.sampled_from(["decline_quote", "decline_variation"]))
    def decline(self, word: str) -> None:
        quote = self._seen()["quote"]
        if not quote or self._ask("c1", word, quote_version=quote["version"]) != 200:
            return
        seen = self._seen()
        if not self.version:
            assert seen["state"] == "unresolved"
            return
        assert (seen["state"], seen["quote"]["version"]) == ("in_repair", self.version)
        assert _lines(seen["quote"]) == self.agreed

    @rule(more=st.sampled_from([0, 0, 1, -100]), reason=st.sampled_from(["", "致歉"]))
    def finish(self, more: int, reason: str) -> None:
        if self._seen()["state"] == "on_site":
            self._ask(self._engineer(), "start")
        for purpose in ("before", "after"):
            self.life._photo(self._engineer(), purpose, self.ticket)
        approved = sum(amount for _, _, amount in self.agreed)
        charge = max(0, approved + more)
        body = {"fault_code": "F01", "solution": "修好了", "old_parts": "none", "charge_fen": charge}
        if self._ask(self._engineer(), "finish", **body, charge_reason=reason) == 200:
            assert charge == approved or (charge < approved and reason)
            type(self).finished += 1

    @invariant()
    def nothing_is_charged_that_was_not_agreed(self) -> None:
        type(self).steps += 1
        if self.changed:
            self.life.run(self._check())
            self.changed = False

    async def _check(self) -> None:
        rows = self.life.world.rows
        assert await examine(rows) == []
        approved = await rows.fetchval(
            "SELECT coalesce(sum(total_fen), 0) FROM quotes WHERE state = 'approved'"
        )
        assert approved == sum(amount for _, _, amount in self.agreed)
        charged = await rows.fetchval("SELECT coalesce(sum(charge_fen), 0) FROM completions")
        assert charged <= approved
        assert charged == await rows.fetchval("SELECT coalesce(sum(total_fen), 0) FROM receipts")

    @rule(seed=SEEDS, moves=st.integers(2, 6))
    def it_goes_on(self, seed: int, moves: int) -> None:
        """Moves that lead somewhere, so that finishes after several rounds are looked at too."""
        random = Random(seed)
        for _ in range(moves):
            seen = self._seen()
            match seen["state"], (seen["quote"] or {}).get("state"):
                case "quote_pending", "in_review":
                    self.review(random.random() < 0.7)
                case "quote_pending", "returned":
                    self.quote(random.choice([1, 2]), 0, None)
                case "quote_pending", _:
                    no = random.random() < 0.4 and self.version
                    self.decline("decline_quote") if no else self.approve(0)
                case "in_repair", _ if random.random() < 0.4:
                    self.finish(random.choice([0, -100]), "致歉")
                case "on_site" | "in_repair", _:
                    self.quote(random.choice([1, 2, 40]), random.choice([0, 500]), None)

    def _engineer(self) -> str:
        name: str = self.life._whom(Role.ENGINEER, self.ticket)
        return name

    def _seen(self) -> dict[str, Any]:
        seen = self.life._get("agent", self.ticket)
        assert seen
        return seen

    def _ask(self, who: str, event: str, **fields: Any) -> int:
        body = {"event": event, "version": self._seen()["version"]} | fields
        answer = self.life._transition(who, self.ticket, body)
        assert answer.status_code in (200, 409, 422), answer.text
        self.changed |= answer.status_code == 200
        return answer.status_code


def _lines(quote: dict[str, Any]) -> list[tuple[str, int, int]]:
    return [(line["code"], line["quantity"], line["amount_fen"]) for line in quote["lines"]]
