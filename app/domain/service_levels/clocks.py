"""The clocks of a ticket, read from what happened to it: nothing of them is kept anywhere else.

The segments of the database say when the response and the resolution clock ran; the events say who answered whom,
and where the policy decides differently from the standing rule.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from app.domain.lifecycle import SETTLED, Clock, ClockMode, Event, Role, State
from app.domain.service_levels.policy import DECIDED, Level, Metric

OURS = frozenset(Role) - {Role.CUSTOMER, Role.SYSTEM}
# What a member of staff does without the customer hearing anything of substance.
SILENT = frozenset(
    {
        Event.SUBMIT,
        Event.DECLINE,
        "evidence",
        "evidence_withdrawn",
        "warranty_decided",
        "quote_reviewed",
        "complaint_heard",
        "merged_in",
        "merged_out",
        "split_off",
        "split_from",
    }
)
# With these the customer asks something of us.
CONTACTS = frozenset(
    {"message", "urged", "visit_declined", "complaint_heard", Event.SUPPLY_INFO, Event.DISPUTE}
)
_ROUNDS = frozenset({Event.SUBMIT, Event.REOPEN})
_DONE = frozenset({State.COMPLETED, State.CONFIRMED, State.CLOSED})
_INTERNAL = {State.OFFERED: Metric.ACCEPTANCE, State.WAITING_PARTS: Metric.PARTS}
_MET_BY = frozenset({Event.ACCEPT, Event.CLAIM, Event.PARTS_READY})


@dataclass(frozen=True)
class Happening:
    """An event or a fact; ``entered`` when the state is another one than before."""

    seq: int
    event: str
    state: State
    role: Role
    at: int
    entered: bool = True


# A state: the event that entered it and the one that left it.
_Stay = tuple[Happening, Happening | None]


@dataclass(frozen=True)
class Stored:
    """A row of ``clock_segments``."""

    clock: Clock
    from_seq: int
    mode: ClockMode
    since: int
    until: int | None


@dataclass(frozen=True)
class Segment:
    """A stretch in one state in which the clock ran or paused; the last one may still be going on."""

    since: int
    until: int | None
    running: bool
    state: State


@dataclass(frozen=True)
class Run:
    """A clock from the event that began it: each job, each question, each offer, each wait for parts has its own.

    ``met_at``: when what it waits for happened. ``over``: nothing of it can run any more.
    """

    metric: Metric
    from_seq: int
    segments: tuple[Segment, ...]
    met_at: int | None
    over: bool


def runs_of(happenings: Sequence[Happening], stored: Sequence[Stored], level: Level) -> list[Run]:
    """All clocks that a ticket ever had, in the order in which they began. ``happenings`` are in order of seq."""
    stays = list(_stays(happenings))
    found: list[Run] = []
    for these in _rounds(happenings):
        began, ended = these[0].seq, these[-1].seq
        of_round = [s for s in stored if began <= s.from_seq <= ended]
        found.append(_first_response(these, of_round, stays))
        found.append(_resolution(these, of_round, stays, level))
        found.extend(_next_responses(these))
    found.extend(_internal(stays))
    return sorted(found, key=lambda run: (run.from_seq, list(Metric).index(run.metric)))


@dataclass(frozen=True)
class Earlier:
    """Another report of the same thing, now part of this ticket: when it came, and when it was answered, if it was."""

    at: int
    answered_at: int | None = None


def with_earlier(runs: Sequence[Run], reports: Sequence[Earlier]) -> list[Run]:
    """The customer waits since he first reported it: the first clocks of the survivor begin there.

    For the first response only what nobody had answered counts: what was answered then was answered in its own time.
    """
    found = list(runs)
    for metric in (Metric.FIRST_RESPONSE, Metric.RESOLUTION):
        waiting = [r.at for r in reports if metric is Metric.RESOLUTION or r.answered_at is None]
        index = next((i for i, run in enumerate(found) if run.metric is metric), None)
        if waiting and index is not None:
            found[index] = _begun_earlier(found[index], min(waiting))
    return found


def _begun_earlier(run: Run, at: int) -> Run:
    began = run.segments[0].since if run.segments else run.met_at
    if began is None or at >= began:
        return run
    return replace(run, segments=(Segment(at, began, True, State.MERGED), *run.segments))


def _rounds(happenings: Sequence[Happening]) -> Iterator[Sequence[Happening]]:
    """The job, and each time that the fault came back after it was done: a clock of its own for each."""
    begins = [i for i, h in enumerate(happenings) if h.event in _ROUNDS]
    for begin, end in zip(begins, [*begins[1:], len(happenings)], strict=True):
        yield happenings[begin:end]


def _stays(happenings: Sequence[Happening]) -> Iterator[_Stay]:
    entries = [h for h in happenings if h.entered]
    yield from zip(entries, [*entries[1:], None], strict=True)


def answers(event: str, role: Role) -> bool:
    """Whether it is something that one of us does and the customer hears of."""
    return role in OURS and event not in SILENT


def _answers(h: Happening) -> bool:
    return answers(h.event, h.role)


def _first_response(these: Sequence[Happening], stored: Sequence[Stored], stays: list[_Stay]) -> Run:
    """Met by the first person of ours who does something that the customer hears of, pause or no pause after it."""
    answer = next((h for h in these[1:] if _answers(h)), None)
    met_at = answer.at if answer else None
    segments = _cut(_by_state(Clock.RESPONSE, stored, stays), met_at)
    over = met_at is not None or all(segment.until is not None for segment in segments)
    return Run(Metric.FIRST_RESPONSE, these[0].seq, tuple(segments), met_at, over)


def _cut(segments: list[Segment], at: int | None) -> list[Segment]:
    """Without what comes after a moment."""
    if at is None:
        return segments
    kept = [s for s in segments if s.since < at]
    return [s if s.until is not None and s.until <= at else replace(s, until=at) for s in kept]


def _resolution(
    these: Sequence[Happening], stored: Sequence[Stored], stays: list[_Stay], level: Level
) -> Run:
    """A dispute goes on where the clock stood; the time in which the job counted as done is not counted."""
    segments = [
        replace(s, running=s.state not in level.pauses) if s.state in DECIDED else s
        for s in _by_state(Clock.RESOLUTION, stored, stays)
    ]
    over = all(segment.until is not None for segment in segments)
    done = [h for h in these if h.entered and h.state is State.COMPLETED]
    met_at = done[-1].at if over and done and these[-1].state in _DONE else None
    return Run(Metric.RESOLUTION, these[0].seq, tuple(segments), met_at, over)


def _next_responses(these: Sequence[Happening]) -> Iterator[Run]:
    """From the first unanswered word of the customer until somebody of ours answers; before the first response,
    that is what he waits for."""
    asked: Happening | None = None
    heard = False
    for h in these[1:]:
        if asked is not None and (_answers(h) or h.state in SETTLED):
            yield _question(asked, h)
            asked = None
        if (
            h.role is Role.CUSTOMER
            and h.event in CONTACTS
            and heard
            and h.state not in SETTLED
            and asked is None
        ):
            asked = h
        heard = heard or _answers(h)
    if asked is not None:
        yield _question(asked, None)


def _question(asked: Happening, end: Happening | None) -> Run:
    segment = Segment(asked.at, end.at if end else None, True, asked.state)
    met_at = end.at if end and _answers(end) else None
    return Run(Metric.NEXT_RESPONSE, asked.seq, (segment,), met_at, end is not None)


def _internal(stays: list[_Stay]) -> Iterator[Run]:
    for entry, left in stays:
        metric = _INTERNAL.get(entry.state)
        if metric is None:
            continue
        segment = Segment(entry.at, left.at if left else None, True, entry.state)
        met_at = left.at if left and left.event in _MET_BY else None
        yield Run(metric, entry.seq, (segment,), met_at, left is not None)


def _by_state(clock: Clock, stored: Sequence[Stored], stays: list[_Stay]) -> list[Segment]:
    """The stored segments of a clock, cut where the state changed.

    Which states a segment covers is told by the order of the events: the times of a clock that was set back overlap.
    """
    mine = [s for s in stored if s.clock is clock]
    found: list[Segment] = []
    # A clock that was over within the second keeps the moment at which it ran.
    moments: list[Segment] = []
    for s, after in zip(mine, [*mine[1:], None], strict=True):
        for entry, left in stays:
            if (left is not None and left.seq <= s.from_seq) or (
                after is not None and entry.seq >= after.from_seq
            ):
                continue
            since = max(s.since, entry.at)
            until = min((t for t in (s.until, left.at if left else None) if t is not None), default=None)
            segment = Segment(since, until, s.mode is ClockMode.RUN, entry.state)
            if until is None or since < until:
                found.append(segment)
            elif since == until:
                moments.append(segment)
    return found or moments[:1]


def stirs(before: State, after: State, event: str, *, begins: bool) -> bool:
    """Whether something may be due earlier than was thought: only then has anybody to look at the clocks anew.

    ``begins``: one of the stored clocks begins to run. What makes things due later is noticed at the old deadline.
    """
    entered = after is not before
    return (
        begins
        or event in (Event.TRIAGE, "merged_in")
        or event in CONTACTS
        or (entered and (after in _INTERNAL or before in DECIDED or after in DECIDED))
    )
