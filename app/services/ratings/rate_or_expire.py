"""The end of the road: the customer rates, or a week passes. Only a customer's own words make a rating."""

from app.domain.complaint.rules import rated as displeasure
from app.domain.content import SubjectKind
from app.domain.membership.rules import Reason
from app.domain.rating import DIMENSION_LABELS, Scores
from app.domain.situation import Purpose, Review, Situation
from app.schemas.tickets import RatingIn
from app.schemas.transitions import Step
from app.services.attachments.attach import attach
from app.services.complaints.open import answer_within, open_case
from app.services.content.order import Subject, order
from app.services.follow_ups.plan import rated_instead
from app.services.membership.award import award_ticket
from app.services.tickets.change import Change, Outcome

_INSERT = """
INSERT INTO ratings (ticket_id, customer_id, engineer_id, attitude, expertise, timeliness, conduct, comment, created_at,
                     service_point_id)
SELECT $1, $2::uuid, c.engineer_id, $3, $4, $5, $6, $7, $8, $9::uuid
  FROM (SELECT engineer_id FROM completions WHERE ticket_id = $1 ORDER BY seq DESC LIMIT 1) c
"""


async def rate_or_expire(change: Change, body: Step) -> Outcome:
    ended = change.before._replace(closed_at=change.now)
    if not isinstance(body, RatingIn):
        return Outcome(ended, "评价期已过，工单关闭", {"rated": False})
    rated = await rate(change, body)
    after = ended._replace(rating=rated.rating, photos=rated.photos)
    cause = displeasure(_scores(body), body.comment)
    if cause is None:
        return Outcome(after, "客户已评价，感谢您的反馈", {"rated": True})
    said = body.comment or _in_words(body)
    opened = await open_case(
        change.connection, change.before, cause, said, actor=change.actor, now=change.now
    )
    text = f"客户已评价，{answer_within(cause)}" if opened.fresh else "客户已评价，感谢您的反馈"
    return Outcome(after, text, {"rated": True, "complaint": cause}, opened.notices)


async def rate(change: Change, scores: RatingIn) -> Situation:
    """Credit goes to the engineer who worked the last visit, not to whom the ticket happens to belong."""
    s = change.before
    await change.connection.execute(
        _INSERT,
        s.id,
        change.actor.id,
        scores.attitude,
        scores.expertise,
        scores.timeliness,
        scores.conduct,
        scores.comment,
        change.now,
        s.service_point_id,
    )
    photos = await attach(
        change.connection,
        ids=scores.attachment_ids,
        ticket_id=s.id,
        actor=change.actor,
        purpose=Purpose.RATING,
    )
    shown = [Subject(SubjectKind.PHOTO, photo.id) for photo in photos]
    if scores.comment:
        shown.append(Subject(SubjectKind.COMMENT, str(s.id), scores.comment))
    await order(change.connection, shown, customer_id=change.actor.id, now=change.now)
    stars = _scores(scores)
    await rated_instead(change.connection, s, stars, change.now)
    if s.on_site:
        await award_ticket(change.connection, Reason.RATED, s.id, s.customer_id, now=change.now)
    return s._replace(rating=Review(stars, scores.comment, change.now)).with_photos(photos)


def _scores(body: RatingIn) -> Scores:
    return Scores(body.attitude, body.expertise, body.timeliness, body.conduct)


def _in_words(body: RatingIn) -> str:
    given = _scores(body).by_dimension
    return "、".join(f"{DIMENSION_LABELS[each]} {stars} 星" for each, stars in given.items())
