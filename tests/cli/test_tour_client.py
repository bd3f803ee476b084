"""The tour's client while things die around it: it asks again, with the same key, and believes the ticket."""

import json
from collections.abc import Callable, Sequence

import httpx
import pytest

from app.cli.tour import api as client
from app.cli.tour.api import Api, Person
from app.cli.tour.failures import Refused, TourFailed
from app.cli.tour.guide import Guide
from app.cli.tour.phones import Phones
from app.cli.tour.result import Result
from app.cli.tour.shown import Stage
from app.cli.tour.story import set_out
from app.integrations.sandbox import Card, Sandbox

Answer = httpx.Response | type[httpx.TransportError]
ME = Person("我", "token")


class Service:
    """Answers as it is told, one answer after another; the last one for ever."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, httpx.Response):
            return answer
        raise answer("gone", request=request)


def api_of(handler: Callable[[httpx.Request], httpx.Response]) -> Api:
    return Api("http://service.test", httpx.MockTransport(handler))


def problem(status: int, code: str, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "msg": "不行"}, headers=headers)


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_FIRST_PAUSE", 0.001)
    monkeypatch.setattr(client, "PATIENCE", 0.5)


async def test_it_asks_again_with_the_same_key() -> None:
    service = Service(
        httpx.ConnectError, httpx.ReadError, problem(503, "unavailable"), httpx.Response(201, json={})
    )
    await api_of(service).post("/api/v1/tickets", ME, {"a": 1}, key="k-1")
    assert [request.headers["Idempotency-Key"] for request in service.requests] == ["k-1"] * 4
    assert len({request.content for request in service.requests}) == 1


async def test_a_form_is_sent_whole_again() -> None:
    service = Service(httpx.ReadError, httpx.Response(201, json={"id": "1"}))
    await api_of(service).post("/p", ME, file=("a.jpg", b"bytes", "image/jpeg"), fields={"purpose": "before"})
    first, second = (request.content for request in service.requests)
    assert b"bytes" in second
    assert len(first) == len(second)


async def test_it_waits_as_long_as_it_is_told() -> None:
    service = Service(
        problem(429, "too_many_requests", **{"Retry-After": "0"}), httpx.Response(200, json={"a": 1})
    )
    assert await api_of(service).get("/x", ME) == {"a": 1}


async def test_it_gives_up_in_the_end() -> None:
    with pytest.raises(TourFailed, match="ConnectError"):
        await api_of(Service(httpx.ConnectError)).get("/x", ME)


@pytest.mark.parametrize(("before", "repeated"), [((), False), ((httpx.ReadError,), True)])
async def test_a_refusal_says_whether_the_request_had_been_sent_before(
    before: tuple[Answer, ...], repeated: bool
) -> None:
    with pytest.raises(Refused) as refused:
        await api_of(Service(*before, problem(409, "slot_taken"))).get("/x", ME)
    assert (refused.value.code, refused.value.repeated) == ("slot_taken", repeated)


class Ticket:
    """A ticket of version 3 in which these events have happened; a transition is answered as told."""

    def __init__(self, transition: Service, *events: str) -> None:
        self.transition = transition
        self.events = events

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return self.transition(request)
        if request.url.path.endswith("/events"):
            return httpx.Response(200, json={"items": [{"event": event} for event in self.events]})
        return httpx.Response(200, json={"version": 3, "state": "seen"})


def guide_of(ticket: Ticket) -> Guide:
    phones = Phones(Sandbox("http://sandbox.test", "secret"))
    phones.number = "HX1"
    return Guide(api_of(ticket), phones, Stage(quiet=True), Result(), "u-lin", _agent=ME)


async def test_a_lost_answer_is_looked_up_in_the_ticket() -> None:
    moved = Service(httpx.ReadError, problem(409, "stale_version"))
    assert (await guide_of(Ticket(moved, "submit", "accept")).move(ME, "accept"))["state"] == "seen"
    assert len(moved.requests) == 2


async def test_a_stale_version_is_tried_again_with_the_new_one() -> None:
    moved = Service(problem(409, "stale_version"), httpx.Response(200, json={"state": "accepted"}))
    assert (await guide_of(Ticket(moved, "submit")).move(ME, "accept"))["state"] == "accepted"


async def test_what_is_not_possible_is_not_tried_for_ever() -> None:
    moved = Service(httpx.ReadError, problem(409, "event_not_possible"))
    with pytest.raises(Refused):
        await guide_of(Ticket(moved, "submit")).move(ME, "accept")


WANG = {"name": "王师傅", "employee_no": "E1"}
LI = {"name": "李师傅", "employee_no": "E2"}


class Planner:
    """A visit that is 王师傅's, or becomes 李师傅's as soon as the request of this number has come."""

    def __init__(self, moves_at: int) -> None:
        self.moves_at = moves_at
        self.paths: list[str] = []
        self.left: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.path)
        coming = LI if len(self.paths) >= self.moves_at else WANG
        if request.url.path.endswith("/sessions/staff"):
            token = json.loads(request.content)["username"]
            return httpx.Response(201, json={"staff": {"name": "李师傅"}, "access_token": token})
        if request.url.path.endswith("/events"):
            return httpx.Response(200, json={"items": []})
        who = request.headers["Authorization"].removeprefix("Bearer ")
        if request.method == "POST" and who != {"E1": "wang", "E2": "li"}[coming["employee_no"]]:
            return problem(404, "not_found")
        if request.method == "POST":
            self.left.append(who)
        return httpx.Response(200, json={"version": 1, "engineer": coming, "visit": None})


class Pocket(Phones):
    async def arrived(self) -> Sequence[Card]:
        rows = (("工单编号", "HX1"), ("级别", "行程调整"))
        return [Card(n, user, name, "t", "", rows, 0.0) for n, user, name in _PHONES]


_PHONES = [(1, "wang", "王师傅"), (2, "li", "李师傅")]


def guide_with(planner: Planner) -> Guide:
    phones = Pocket(Sandbox("http://sandbox.test", "secret"))
    phones.number = "HX1"
    return Guide(api_of(planner), phones, Stage(quiet=True), Result(engineer="E1"), "u-lin", _agent=ME)


@pytest.mark.parametrize(("moves_at", "left"), [(99, "wang"), (1, "li"), (2, "li"), (3, "li")])
async def test_whoever_the_planner_sends_sets_out(moves_at: int, left: str) -> None:
    planner = Planner(moves_at)
    guide = guide_with(planner)
    gone = await set_out(guide, Person("王师傅", "wang"), "pw")
    assert planner.left == [gone.token] == [left]
    assert guide.result.engineer == {"wang": "E1", "li": "E2"}[left]


async def test_a_visit_that_nobody_took_from_him_is_not_given_up_for_lost() -> None:
    with pytest.raises(Refused):
        await set_out(guide_with(Planner(99)), Person("谁", "nobody"), "pw")
