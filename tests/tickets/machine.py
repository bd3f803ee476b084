"""The life cycle as people live it in no particular order, for hypothesis to look for the order that breaks it.

Everything goes through HTTP into one transaction that is rolled back when the example ends. The machine keeps
one ``asyncio.Runner`` in a thread of its own, because asyncpg belongs to the loop in which it connected.
"""

import asyncio
import uuid
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, ClassVar, TypeVar

import asyncpg
from fastapi import FastAPI
from httpx import Response
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from app.db import create_engine, driver
from app.domain.lifecycle import ENDS, TRANSITIONS, Event, Role, State
from app.models.people import StaffRole
from app.services.tickets.sweep import sweep_one
from app.services.tickets.timeline import FACTS
from app.settings import Settings
from tests.harness.callers import Caller, token_for
from tests.harness.clock import MONDAY_MORNING, Clock
from tests.harness.isolation import savepoint_database
from tests.make import make_customer, make_prices, make_service_point, make_staff
from tests.tickets import bodies
from tests.tickets.conftest import make_able_engineer
from tests.tickets.health import examine
from tests.tickets.traces import counts
from tests.tickets.words import take_photo, words

T = TypeVar("T")

CUSTOMERS, ENGINEERS, DESK = ("c1", "c2"), ("e1", "e2", "e3"), ("agent", "manager")
PEOPLE = (*CUSTOMERS, *ENGINEERS, *DESK)
REPORTS: list[dict[str, Any]] = [
    {},
    {"preferred_windows": [bodies.window(MONDAY_MORNING, days=1)]},
    {"fault": "插座冒烟了，有烧焦味"},
    {"service_type": "consultation", "category": "", "fault": "优惠券怎么用", "address": None},
]
SEEDS = st.integers(0, 2**32)
OVER = ENDS - {State.CLOSED}
ROAD: dict[str, tuple[str, Role]] = {
    "submitted": ("triage", Role.AGENT),
    "pending_info": ("supply_info", Role.CUSTOMER),
    "dispatching": ("offer", Role.AGENT),
    "offered": ("accept", Role.ENGINEER),
    "accepted": ("book", Role.AGENT),
    "scheduled": ("depart", Role.ENGINEER),
    "en_route": ("arrive", Role.ENGINEER),
    "on_site": ("quote", Role.ENGINEER),
    "quote_pending": ("approve_quote", Role.CUSTOMER),
    "in_repair": ("finish", Role.ENGINEER),
    "completed": ("confirm", Role.CUSTOMER),
    "waiting_parts": ("parts_ready", Role.AGENT),
    "suspended": ("resume", Role.AGENT),
    "unresolved": ("follow_up", Role.MANAGER),
    "closed": ("reopen", Role.CUSTOMER),
}
ENDINGS = frozenset({"cancel", "reject", "merge", "fail", "resolve_remote", "reassign", "abort_visit"})
# The refusals that depend on the words of a request, which no blocker can foresee.
WORDS_CAN_FAIL = frozenset(
    {"slot_taken", "nobody_fits", "quote_changed", "invalid_input", "not_there", "event_not_possible"}
)
AFTER_SUBMISSION = [t for t in TRANSITIONS if t.source]
HUMAN = frozenset({Role.CUSTOMER, Role.ENGINEER, Role.AGENT, Role.MANAGER})
HOLDER = """
SELECT coalesce(t.engineer_id, o.engineer_id)::text FROM tickets t LEFT JOIN offers o ON o.id = t.offer_id
 WHERE t.number = $1
"""
TARGETS = {(t.source, t.event): t.target for t in TRANSITIONS}
# As long as people are signed in and engineers have their days.
DAYS = 28
LAST_DAY = MONDAY_MORNING + timedelta(days=DAYS - 8)


@dataclass
class Known:
    """What the model knows of a ticket: its owner, and where the answers so far have left it."""

    number: str
    owner: str
    state: str
    version: int
    seen_seq: int = 1
    rated: bool = False


@dataclass
class World:
    """One example: its transaction, its people, its clock."""

    connection: AsyncConnection
    session: AsyncSession
    rows: asyncpg.Connection
    clock: Clock
    people: dict[str, Caller] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)


class Life(RuleBasedStateMachine):
    """``application`` and ``settings`` are set by the test; ``steps`` and ``taken`` count what was done."""

    application: ClassVar[FastAPI]
    settings: ClassVar[Settings]
    runner: ClassVar[asyncio.Runner]
    engine: ClassVar[AsyncEngine]
    steps: ClassVar[int] = 0
    taken: ClassVar[set[tuple[str, str]]] = set()

    def __init__(self) -> None:
        super().__init__()
        self.tickets: list[Known] = []
        self.random = Random(0)
        # A refusal is shown to have left nothing by counting; only what changed something is examined.
        self.changed = True
        self.world = self.run(self._begin())

    def run(self, doing: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(doing)

    @classmethod
    def open(cls, runner: asyncio.Runner) -> None:
        cls.runner, cls.engine = runner, create_engine(cls.settings)

    async def _begin(self) -> World:
        connection = await self.engine.connect()
        await connection.begin()
        database = await savepoint_database(self.engine, connection)
        session = database.sessions()
        clock = Clock()
        self.application.state.database = database
        self.application.state.clock = clock.read
        world = World(connection, session, await driver(session), clock)
        await make_service_point(session)
        await make_prices(session)
        people = {name: await make_customer(session, nickname=name) for name in CUSTOMERS}
        crew = {
            name: await make_able_engineer(session, clock, name, days=DAYS, latitude=31.2 + i / 50)
            for i, name in enumerate(ENGINEERS)
        }
        desk = {name: await make_staff(session, role=StaffRole(name), name=name) for name in DESK}
        for name, person in (people | crew | desk).items():
            token = await token_for(session, person, now=clock.now, settings=self.settings)
            world.people[name] = Caller(self.application, token)
            world.ids[name] = str(person.id)
        return world

    def teardown(self) -> None:
        async def end() -> None:
            for caller in self.world.people.values():
                await caller.aclose()
            await self.world.session.close()
            await self.world.connection.close()

        self.run(end())

    @initialize(seed=SEEDS, steps=st.integers(0, 9))
    def somebody_reports(self, seed: int, steps: int) -> None:
        # What is said and to whom comes from the seed: hypothesis itself prefers small examples like those
        # that it has seen, and would rarely get far down the road.
        self.random = Random(seed)
        who, report = self.random.choice(CUSTOMERS), self.random.choice(REPORTS)
        self._submit(who, report, None)
        self.all_goes_well(seed=seed, steps=steps)

    @precondition(lambda self: len(self.tickets) < 4)
    @rule(who=st.sampled_from(CUSTOMERS), report=st.sampled_from(REPORTS), again=st.booleans())
    def submit(self, who: str, report: dict[str, Any], again: bool) -> None:
        key = uuid.uuid4().hex
        first = self._submit(who, report, key)
        if again:
            before = self._counts()
            replayed = self._post(who, "/api/v1/tickets", bodies.report(**report), key)
            assert (replayed.status_code, replayed.json()) == (201, first)
            assert self._counts() == before

    def _submit(self, who: str, report: dict[str, Any], key: str | None) -> dict[str, Any]:
        answer = self._post(who, "/api/v1/tickets", bodies.report(**report), key)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        self.changed = True
        self.tickets.append(Known(made["number"], who, made["state"], made["version"]))
        return made

    @rule(seed=SEEDS)
    def take_a_step(self, seed: int) -> None:
        """An event of the table, by somebody whom it means: most of them lead on."""
        self.random.seed(seed)
        ticket = self._living()
        possible = [t for t in AFTER_SUBMISSION if t.source == ticket.state and t.roles & HUMAN]
        if possible:
            # What leads on is tried more often than what ends the story.
            onward = [t for t in possible if t.event not in ENDINGS]
            taken = self.random.choice(onward * 5 + possible)
            role = self.random.choice(sorted(taken.roles & HUMAN))
            self._attempt(ticket, taken.event, self._whom(role, ticket))

    @rule(seed=SEEDS, steps=st.integers(1, 4))
    def all_goes_well(self, seed: int, steps: int) -> None:
        """Some way along the road that most jobs take, so that what lies far down it is looked at too."""
        self.random.seed(seed)
        ticket = self._living()
        for _ in range(steps):
            if ticket.state not in ROAD:
                return
            event, role = ROAD[ticket.state]
            who = self._whom(role, ticket)
            if event == "depart":
                self._wait_for_the_day(ticket)
            if event == "finish":
                self._photo(who, "before", ticket)
                self._photo(who, "after", ticket)
            if not self._attempt(ticket, Event(event), who):
                return

    def _wait_for_the_day(self, ticket: Known) -> None:
        seen = self._get("agent", ticket)
        if seen and seen["visit"]:
            start = datetime.fromisoformat(seen["visit"]["start"])
            if self.world.clock.now < start < LAST_DAY:
                self.world.clock.now = start

    def _attempt(self, ticket: Known, event: Event, who: str) -> bool:
        seen = self._get(who, ticket)
        if seen is None:
            return False
        (allowed,) = [a for a in seen["allowed_events"] if a["event"] == event] or [None]
        body = {"event": event, "version": seen["version"]} | self._words(event, who, seen)
        before = self._counts()
        answer = self._transition(who, ticket, body)
        note(f"{who}: {event} of {ticket.number} in {ticket.state} -> {answer.status_code}")
        if answer.status_code == 200:
            assert allowed is not None
            assert not allowed["blockers"]
            self._moved(ticket, event, answer.json())
            return True
        assert self._counts() == before
        assert answer.status_code in (403, 409, 422), answer.text
        if allowed and not allowed["blockers"]:
            # The words may still be wrong for the day: a window that is taken, no engineer who fits.
            assert answer.json()["code"] in WORDS_CAN_FAIL, answer.text
        elif allowed:
            assert answer.json()["code"] == "blocked"
            shown = [blocker["next_step"] for blocker in allowed["blockers"]]
            assert [error["msg"] for error in answer.json()["errors"]] == shown
        return False

    def _living(self) -> Known:
        """One that something can still happen to; a new one when there is none."""
        if all(ticket.state in OVER for ticket in self.tickets):
            self._submit(self.random.choice(CUSTOMERS), self.random.choice(REPORTS), None)
        return self.random.choice([ticket for ticket in self.tickets if ticket.state not in OVER])

    def _whom(self, role: Role, ticket: Known) -> str:
        if role is Role.CUSTOMER:
            return ticket.owner
        if role is not Role.ENGINEER:
            return role.value
        held = self.run(self.world.rows.fetchval(HOLDER, ticket.number))
        return next((name for name in ENGINEERS if self.world.ids[name] == held), ENGINEERS[0])

    @rule(who=st.sampled_from(PEOPLE), event=st.sampled_from(Event), shift=st.integers(-1, 1))
    def try_any_event(self, who: str, event: Event, shift: int) -> None:
        ticket = self.random.choice(self.tickets)
        seen = self._get("agent", ticket)
        assert seen
        mine = self._get(who, ticket)
        free = {a["event"] for a in (mine or {}).get("allowed_events", []) if not a["blockers"]}
        version = max(1, seen["version"] + shift)
        body = {"event": event, "version": version} | self._words(event, who, seen)
        before = self._counts()
        answer = self._transition(who, ticket, body)
        if answer.status_code == 200:
            assert event in free
            assert version == seen["version"]
            self._moved(ticket, event, answer.json())
        else:
            assert 400 <= answer.status_code < 500, answer.text
            assert answer.json()["code"] != "internal_error"
            assert self._counts() == before

    @rule(who=st.sampled_from(CUSTOMERS))
    def urge(self, who: str) -> None:
        ticket = self.random.choice(self.tickets)
        before = self._counts()
        answer = self._post(who, f"/api/v1/tickets/{ticket.number}/urgings", {"message": "快点"})
        if answer.status_code == 201:
            self.changed = True
            assert who == ticket.owner
            assert ticket.state not in {*ENDS, "completed", "confirmed"}
        else:
            assert answer.status_code in (404, 409, 429), answer.text
            assert self._counts() == before

    @rule(who=st.sampled_from(CUSTOMERS), stars=st.integers(1, 5))
    def rate(self, who: str, stars: int) -> None:
        ticket = self.random.choice(self.tickets)
        scores = {"attitude": stars, "expertise": 5, "timeliness": 3, "conduct": 4}
        before = self._counts()
        answer = self.run(self.world.people[who].put(f"/api/v1/tickets/{ticket.number}/rating", json=scores))
        if answer.status_code == 200:
            assert who == ticket.owner
            assert ticket.state in ("completed", "confirmed")
            assert not ticket.rated
            self.changed = ticket.rated = True
            ticket.version += 2 if ticket.state == "completed" else 1
            ticket.state = "closed"
        else:
            assert answer.status_code in (404, 409), answer.text
            assert self._counts() == before

    @rule(decision=st.sampled_from(["approve", "return"]), shift=st.sampled_from([0, 0, 0, 1]))
    def review(self, decision: str, shift: int) -> None:
        ticket = self.random.choice(self.tickets)
        quote = (self._get("manager", ticket) or {}).get("quote") or {"version": 1, "state": ""}
        before = self._counts()
        url = f"/api/v1/tickets/{ticket.number}/quotes/{quote['version'] + shift}/review"
        answer = self._post("manager", url, {"decision": decision, "note": "工时偏多"})
        if answer.status_code == 200:
            assert (quote["state"], shift, ticket.state) == ("in_review", 0, "quote_pending")
            self.changed = True
        else:
            assert (answer.status_code, answer.json()["code"]) == (409, "quote_changed")
            assert self._counts() == before

    @rule(purpose=st.sampled_from(["before", "after"]))
    def photograph(self, purpose: str) -> None:
        ticket = self.random.choice(self.tickets)
        self._photo(self.random.choice(ENGINEERS), purpose, ticket)

    @precondition(lambda self: self.world.clock.now < LAST_DAY)
    @rule(minutes=st.sampled_from([1, 10, 16, 60, 150, 24 * 60, 49 * 60, 7 * 24 * 60]))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.advance(minutes=minutes)
        self._sweep()

    @rule()
    def the_system_looks(self) -> None:
        self._sweep()

    @invariant()
    def everything_holds(self) -> None:
        type(self).steps += 1
        if self.changed:
            self.run(self._check())
            self.changed = False

    async def _check(self) -> None:
        findings = await examine(self.world.rows)
        assert not findings, [(f.invariant.name, f.examples) for f in findings]
        rows = await self.world.rows.fetch(
            "SELECT number, state, version, seq, promise, promised_at, wake_at, entered_at FROM tickets"
        )
        by_number = {row["number"]: row for row in rows}
        assert set(by_number) == {ticket.number for ticket in self.tickets}
        for ticket in self.tickets:
            row = by_number[ticket.number]
            assert (row["state"], row["version"]) == (ticket.state, ticket.version), ticket
            assert row["seq"] >= ticket.seen_seq
            ticket.seen_seq = row["seq"]
            assert row["promise"]
            if row["state"] not in ENDS and row["entered_at"] == self.world.clock.now:
                assert row["promised_at"] >= self.world.clock.now, (row["state"], row["promise"])
        doubled = await self.world.rows.fetch(
            """SELECT ticket_id, seq FROM outbox WHERE kind = 'ticket_progress'
                GROUP BY ticket_id, seq HAVING count(*) > 1"""
        )
        assert not doubled

    def _sweep(self) -> None:
        async def sweep() -> None:
            for _ in range(100):
                async with self.application.state.database.sessions.begin() as session:
                    if not await sweep_one(await driver(session), self.world.clock.now):
                        return
            raise AssertionError("the sweep does not come to rest")

        self.run(sweep())
        self.changed = True
        self.run(self._follow_the_system())

    async def _follow_the_system(self) -> None:
        """The fold: each event of the system must be one that the table allows it from where the model was."""
        for ticket in self.tickets:
            rows = await self.world.rows.fetch(
                """SELECT e.event, e.state, e.actor_role FROM ticket_events e JOIN tickets t ON t.id = e.ticket_id
                    WHERE t.number = $1 AND e.seq > $2 ORDER BY e.seq""",
                ticket.number,
                ticket.seen_seq,
            )
            for row in rows:
                if row["event"] in FACTS:
                    continue
                target = TARGETS[State(ticket.state), Event(row["event"])]
                assert (row["actor_role"], row["state"]) == ("system", target)
                self.taken.add((ticket.state, row["event"]))
                ticket.state, ticket.version = target.value, ticket.version + 1

    def _moved(self, ticket: Known, event: str, answer: dict[str, Any]) -> None:
        if event == "decline_quote" and answer["state"] == "in_repair":
            # Said of additional work, it is about that alone.
            event = "decline_variation"
        target = TARGETS[State(ticket.state), Event(event)]
        assert (answer["state"], answer["version"]) == (target, ticket.version + 1)
        self.taken.add((ticket.state, event))
        self.changed = True
        ticket.rated |= event == "rate_or_expire"
        ticket.state, ticket.version = target.value, answer["version"]

    def _words(self, event: str, who: str, seen: dict[str, Any]) -> dict[str, Any]:
        others = [ticket.number for ticket in self.tickets]
        return self.run(
            words(
                event,
                seen,
                self.world.clock.now,
                self.random,
                photograph=lambda purpose: self._taken_by(who, purpose, ""),
                others=others,
            )
        )

    def _photo(self, who: str, purpose: str, ticket: Known) -> None:
        self.run(self._taken_by(who, purpose, ticket.number))

    async def _taken_by(self, who: str, purpose: str, number: str) -> str:
        by = {"customer" if who in CUSTOMERS else "staff": self.world.ids[who]}
        return await take_photo(self.world.rows, self.world.clock.now, purpose=purpose, number=number, **by)

    def _get(self, who: str, ticket: Known) -> dict[str, Any] | None:
        answer = self.run(self.world.people[who].get(f"/api/v1/tickets/{ticket.number}"))
        if answer.status_code == 404:
            assert (who in CUSTOMERS and who != ticket.owner) or who in ENGINEERS
            return None
        assert answer.status_code == 200, answer.text
        seen: dict[str, Any] = answer.json()
        return seen

    def _transition(self, who: str, ticket: Known, body: dict[str, Any]) -> Response:
        return self._post(who, f"/api/v1/tickets/{ticket.number}/transitions", body)

    def _post(self, who: str, url: str, body: dict[str, Any], key: str | None = None) -> Response:
        headers = {"Idempotency-Key": key} if key else {}
        return self.run(self.world.people[who].post(url, json=body, headers=headers))

    def _counts(self) -> tuple[int, ...]:
        return self.run(counts(self.world.rows))
