"""Offer a ticket to the engineer who can take it at the least cost, and keep why, and who came next."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import orjson

from app.domain.dispatch.insertion import rank
from app.domain.dispatch.plan import Candidate, Insertion, Ranking
from app.domain.lifecycle import Role
from app.domain.situation import Offer as OpenOffer
from app.domain.situation import Priority
from app.errors import Conflict
from app.schemas.dispatch import CandidateOut
from app.schemas.transitions import Offer, Step
from app.services.dispatch.candidates import candidates, demand
from app.services.dispatch.excluded import excluded
from app.services.dispatch.lately import fairly
from app.services.tickets.change import Change, Outcome

PATIENCE = {
    Priority.NORMAL: timedelta(minutes=15),
    Priority.URGENT: timedelta(minutes=5),
    Priority.CRITICAL: timedelta(minutes=3),
    Priority.SYSTEMIC: timedelta(minutes=3),
}

_INSERT = """
INSERT INTO offers (ticket_id, engineer_id, state, cost_minutes, reasons, runners_up, suggested, offered_by,
                    created_at, expires_at)
VALUES ($1, $2::uuid, 'open', $3, $4, $5, tstzrange($6, $7), $8, $9, $10)
RETURNING id
"""


class NobodyFits(Conflict):
    code, msg = "nobody_fits", "暂时没有合适的工程师可派，系统会继续寻找，也可以手动指派。"


async def offer(change: Change, body: Step) -> Outcome:
    """Without an engineer named, the best by cost; a dispatcher may name one who has skill and licence.

    A contractor's dispatcher chooses among its own.
    """
    named = body.engineer_id if isinstance(body, Offer) else None
    best, runners_up, names = await _choose(change, str(named) if named else None)
    expires_at = change.now + PATIENCE[change.before.priority]
    by = "system" if change.actor.role is Role.SYSTEM else change.actor.id
    offer_id = await change.connection.fetchval(
        _INSERT,
        change.before.id,
        best.engineer_id,
        round(best.total, 1),
        _json(list(best.terms.explain())),
        _json(runners_up),
        best.planned.start_at,
        best.planned.end_at,
        by,
        change.now,
        expires_at,
    )
    after = change.before._replace(offer=OpenOffer(offer_id, best.engineer_id, expires_at))
    data = {"engineer_id": best.engineer_id, "cost_minutes": round(best.total, 1)}
    return Outcome(after, f"已派给{names[best.engineer_id]}，等待接单", data)


async def _choose(
    change: Change, named: str | None
) -> tuple[Insertion, list[dict[str, Any]], dict[str, str]]:
    s = change.before
    wanted = await demand(change.connection, s, change.now)
    if wanted is None:
        raise NobodyFits("地址没有定位，也不在任何网点的服务区，请手动补充地址。")
    theirs = change.actor.contractor_id
    people = await candidates(
        change.connection,
        wanted,
        only=[named] if named else None,
        of_contractor=theirs,
        free_of_limits=named is not None,
    )
    people = await fairly(change.connection, people, change.now)
    ranking = rank(wanted.job, people, k=8)
    barred = await excluded(change.connection, wanted, only=named, of_contractor=theirs)
    if ranking.winner is None:
        raise NobodyFits(_named_lacks(barred) if named else None)
    names = {candidate.engineer_id: candidate.name for candidate in people}
    others = [] if named else [row.model_dump() for row in barred]
    return ranking.winner, [*_runners_up(ranking, people), *others], names


def _named_lacks(barred: list[CandidateOut]) -> str | None:
    return f"{barred[0].name}不能接这张工单：{'；'.join(barred[0].reasons)}。" if barred else None


def _runners_up(ranking: Ranking, people: Iterable[Candidate]) -> list[dict[str, Any]]:
    """The three next persons with their cost term by term, then those who cannot, with what they lack."""
    names = {candidate.engineer_id: candidate.name for candidate in people}
    seen = {ranking.winner.engineer_id} if ranking.winner else set()
    rows: list[dict[str, Any]] = []
    for found in ranking.runners_up:
        if found.engineer_id not in seen and len(rows) < 3:
            seen.add(found.engineer_id)
            rows.append(
                {
                    "engineer_id": found.engineer_id,
                    "name": names[found.engineer_id],
                    "cost_minutes": round(found.total, 1),
                    "reasons": list(found.terms.explain()),
                }
            )
    for refusal in ranking.refused:
        if refusal.engineer_id not in seen and len(rows) < 6:
            seen.add(refusal.engineer_id)
            name, reasons = names[refusal.engineer_id], list(refusal.reasons)
            rows.append(
                {"engineer_id": refusal.engineer_id, "name": name, "cost_minutes": None, "reasons": reasons}
            )
    return rows


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
