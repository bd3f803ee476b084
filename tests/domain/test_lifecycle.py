"""The life cycle as a graph: nothing unreachable, nothing without an exit, nothing that waits for ever."""

import pytest

from app.domain.lifecycle import (
    ENDS,
    EVENT_LABELS,
    OPEN,
    TRANSITIONS,
    VIEWS,
    Clock,
    ClockMode,
    Event,
    Role,
    State,
    clock_modes,
    step,
    steps,
)
from app.domain.timeouts import TIMEOUTS


def reachable(start: set[State]) -> set[State]:
    seen, todo = set(start), list(start)
    while todo:
        here = todo.pop()
        for t in TRANSITIONS:
            if t.source is here and t.target not in seen:
                seen.add(t.target)
                todo.append(t.target)
    return seen


def test_every_state_can_be_reached() -> None:
    assert reachable({State.SUBMITTED}) == set(State)


@pytest.mark.parametrize("state", sorted(OPEN))
def test_every_open_state_can_reach_an_end(state: State) -> None:
    assert reachable({state}) & ENDS


@pytest.mark.parametrize("state", sorted(OPEN))
def test_every_open_state_has_an_exit_that_customer_or_system_can_take(state: State) -> None:
    exits = [t for t in TRANSITIONS if t.source is state and t.target is not state]
    # On the road and at work nobody but the system and the desk may end the visit; the system can.
    assert any({Role.CUSTOMER, Role.SYSTEM} & t.roles for t in exits)


@pytest.mark.parametrize("state", sorted(OPEN))
def test_every_open_state_has_a_timeout(state: State) -> None:
    assert TIMEOUTS[state]


def test_ends_have_no_timeout() -> None:
    assert not [state for state in ENDS if TIMEOUTS.get(state)]


def test_a_step_is_unambiguous() -> None:
    pairs = [(t.source, t.event) for t in TRANSITIONS]
    assert len(pairs) == len(set(pairs))


def test_every_event_and_state_has_its_words() -> None:
    assert set(EVENT_LABELS) == set(Event)
    assert set(VIEWS) == set(State)
    assert {t.event for t in TRANSITIONS} == set(Event)


def test_the_customer_sees_the_four_names_of_the_official_account() -> None:
    assert {"已接单", "工程师上门时间", "维修中", "服务完成"} <= {view.label for view in VIEWS.values()}


@pytest.mark.parametrize(
    ("state", "role", "expected"),
    [
        (State.EN_ROUTE, Role.CUSTOMER, set()),
        (State.EN_ROUTE, Role.MANAGER, {Event.CANCEL, Event.ABORT_VISIT}),
        (State.OFFERED, Role.ENGINEER, {Event.ACCEPT, Event.DECLINE}),
        (State.COMPLETED, Role.CUSTOMER, {Event.CONFIRM, Event.DISPUTE}),
        (State.CLOSED, Role.CUSTOMER, {Event.REOPEN}),
        (State.MERGED, Role.ADMIN, {Event.UNMERGE}),
        (State.MERGED, Role.CUSTOMER, set()),
    ],
)
def test_who_may_do_what(state: State, role: Role, expected: set[Event]) -> None:
    assert {t.event for t in steps(state, role)} == expected


def test_a_step_that_the_table_does_not_know_is_none() -> None:
    assert step(State.CLOSED, Event.FINISH) is None
    assert step(None, Event.SUBMIT) is not None


def test_the_legal_clock_never_pauses() -> None:
    assert {clock_modes(state)[Clock.LEGAL] for state in State} == {ClockMode.RUN, ClockMode.STOP}


@pytest.mark.parametrize(
    ("state", "response", "resolution"),
    [
        (State.SUBMITTED, ClockMode.RUN, ClockMode.RUN),
        (State.PENDING_INFO, ClockMode.RUN, ClockMode.PAUSE),
        (State.ACCEPTED, ClockMode.STOP, ClockMode.RUN),
        (State.QUOTE_PENDING, ClockMode.STOP, ClockMode.PAUSE),
        (State.COMPLETED, ClockMode.STOP, ClockMode.STOP),
    ],
)
def test_service_clocks_follow_the_state(state: State, response: ClockMode, resolution: ClockMode) -> None:
    modes = clock_modes(state)
    assert (modes[Clock.RESPONSE], modes[Clock.RESOLUTION]) == (response, resolution)
