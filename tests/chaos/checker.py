"""Whether the promises were kept: the clients' ledger and the platform's log against the database."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from tests.chaos.evidence import Evidence
from tests.chaos.ledger import Ledger

# States of a message that the platform has accepted; only template messages are told apart by their id.
_OUT = frozenset({"accepted", "delivered", "in_review"})
_TEMPLATE = frozenset({None, "template"})


@dataclass(frozen=True)
class Verdict:
    acked: int
    acked_lost: int
    pushes: int
    push_lost: int
    dead: int
    phantom: int
    dup_calls: int
    dup_visible: int
    inversions: int
    double_booked: int
    broken: tuple[str, ...]
    """Every promise that was not kept, in words; nothing here is good news"""


def check(ledger: Ledger, evidence: Evidence) -> Verdict:
    lost, push_lost = list(_lost(ledger, evidence)), list(_push_lost(evidence))
    phantom, inversions = list(_phantom(evidence)), list(_inversions(evidence))
    doubled = list(_doubled(evidence))
    effects = list(_effects(ledger, evidence))
    overlaps = [f"{evidence.overlaps} visits overlap"] if evidence.overlaps else []
    found = [*lost, *push_lost, *phantom, *doubled, *inversions, *effects, *overlaps, *evidence.findings]
    return Verdict(
        acked=ledger.acked,
        acked_lost=len(lost),
        pushes=len(evidence.pushes),
        push_lost=len(push_lost),
        dead=sum(push.state == "dead" for push in evidence.pushes),
        phantom=len(phantom),
        dup_calls=evidence.accepted_calls - len({seen.client_msg_id for seen in evidence.seen}),
        dup_visible=len(doubled),
        inversions=len(inversions),
        double_booked=evidence.overlaps,
        broken=tuple(found + [f"strange answer: {what} ({n} times)" for what, n in ledger.strange.items()]),
    )


def _lost(ledger: Ledger, evidence: Evidence) -> Iterator[str]:
    """I1: what was acknowledged is in the database."""
    for numbers in ledger.reports.values():
        yield from (f"ticket {n} is lost" for n in set(numbers) if n not in evidence.tickets)
    for step in ledger.steps:
        if (step.number, step.event, step.version) not in evidence.steps:
            yield f"{step.event} of {step.number} (version {step.version}) is lost"
    yield from (f"the rating of {number} is lost" for number in ledger.ratings - evidence.ratings)
    yield from (f"photo {photo} is lost" for photo in ledger.photos - evidence.photos)
    yield from (f"follower {openid} is lost" for openid in ledger.followers - evidence.followers.keys())
    for number, count in Counter(ledger.urgings.values()).items():
        if evidence.urgings.get(number, 0) < count:
            yield f"an urging of {number} is lost"


def _effects(ledger: Ledger, evidence: Evidence) -> Iterator[str]:
    """I2: one effect for each key and for each callback."""
    for key, numbers in ledger.reports.items():
        if len(set(numbers)) > 1:
            yield f"key {key} made tickets {', '.join(sorted(set(numbers)))}"
    yield from (f"{n} has {keys} keys" for n, keys in evidence.tickets.items() if keys != 1)
    for number, count in evidence.urgings.items():
        # An answer may have been lost, but one customer cannot have urged within the cool-down.
        if count > 1 + Counter(ledger.urgings.values())[number]:
            yield f"{number} was urged {count} times"
    for openid, follower in evidence.followers.items():
        if (follower.told, follower.customers, follower.follows) != (1, 1, True):
            yield f"{openid} was kept {follower.told} times and made {follower.customers} customers"


def _push_lost(evidence: Evidence) -> Iterator[str]:
    """I3: each message was accepted by the platform, or is dead for a reason."""
    seen = {message.client_msg_id for message in evidence.seen}
    for push in evidence.pushes:
        what = f"push {push.id} ({push.number}#{push.seq})"
        if push.state in ("queued", "leased", "deferred"):
            yield f"{what} is still {push.state}"
        elif push.state in _OUT and push.channel in _TEMPLATE and push.client_msg_id not in seen:
            yield f"{what} is {push.state} but was never seen"
        elif push.state not in _OUT and not push.reason:
            yield f"{what} is {push.state} without a reason"


def _phantom(evidence: Evidence) -> Iterator[str]:
    """I4: no message without a committed event."""
    known = {push.client_msg_id: push for push in evidence.pushes}
    for message in evidence.seen:
        push = known.get(message.client_msg_id)
        if push is None or push.number != message.number:
            yield f"message {message.client_msg_id} to {message.number} has no row"
        elif (push.number, push.seq) not in evidence.events:
            yield f"message of {push.number}#{push.seq} has no event"


def _doubled(evidence: Evidence) -> Iterator[str]:
    """I3: nobody sees a message twice."""
    known = {push.client_msg_id: push for push in evidence.pushes}
    views = Counter(
        (push.number, push.seq, push.recipient, push.kind)
        for message in evidence.seen
        if (push := known.get(message.client_msg_id)) is not None
    )
    yield from (f"{view} was seen {count} times" for view, count in views.items() if count > 1)


def _inversions(evidence: Evidence) -> Iterator[str]:
    """I5: the messages of a ticket arrive in the order of its events."""
    known = {push.client_msg_id: push for push in evidence.pushes}
    latest: dict[str, int] = defaultdict(int)
    for message in evidence.seen:
        push = known.get(message.client_msg_id)
        if push is None:
            continue
        if push.id < latest[push.number]:
            yield f"{push.number}#{push.seq} arrived after a later one"
        latest[push.number] = max(latest[push.number], push.id)
