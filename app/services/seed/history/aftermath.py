"""What customers do once the work is done: rate at once, confirm, rate later, or say nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.domain.content import CheckState, ContentKind, SubjectKind
from app.domain.lifecycle import Event, State
from app.domain.membership.rules import Reason
from app.domain.rating import Scores
from app.domain.situation import Review
from app.models.content import DecidedBy
from app.services.seed.history.ledger import COLUMNS
from app.services.seed.history.player import Player, customer
from app.services.seed.history.stories import Stories

# His place in a row of ratings.
_ENGINEER = COLUMNS["ratings"].index("engineer_id")


@dataclass(frozen=True)
class Impression:
    """What the visit was like for the customer. ``quality`` is the engineer's usual, between 0 and 1."""

    engineer_id: UUID | None
    quality: float
    late: bool


def conclude(p: Player, impression: Impression, stories: Stories, finished: datetime) -> None:
    mood = p.rng.random()
    if mood < 0.58:
        _rate(p, impression, stories, finished + timedelta(hours=p.rng.expovariate(0.3) % 20 + 0.05))
    elif mood < 0.66:
        _confirm(p, finished + timedelta(hours=p.rng.uniform(0.2, 16)))
        _rate(p, impression, stories, finished + timedelta(hours=p.rng.uniform(20, 100)))
    elif mood < 0.8:
        _confirm(p, finished + timedelta(hours=p.rng.uniform(0.2, 20)))


def _confirm(p: Player, at: datetime) -> None:
    if at < p.now:
        p.step(Event.CONFIRM, customer(p.s), at, data={"automatic": False})


def _rate(p: Player, impression: Impression, stories: Stories, at: datetime) -> None:
    """Rating what nobody has confirmed yet confirms it as well."""
    if at >= p.now:
        return
    if p.s.state is State.COMPLETED:
        p.step(Event.CONFIRM, customer(p.s), at, data={"automatic": False})
    review = _review(p, impression, stories, at)
    text, scores = "客户已评价，感谢您的反馈", review.scores
    p.step(Event.RATE_OR_EXPIRE, customer(p.s), at, text, {"rated": True}, rating=review, closed_at=at)
    p.ledger.add(
        "ratings", p.s.id, UUID(p.s.customer_id), impression.engineer_id, scores.attitude, scores.expertise,
        scores.timeliness, scores.conduct, review.comment, at,
        UUID(p.s.service_point_id) if p.s.service_point_id else None,
    )  # fmt: skip
    p.earn(Reason.RATED, at)
    if review.comment:
        # Long looked at, so that a service point's page has something to show.
        p.ledger.add(
            "content_checks", SubjectKind.COMMENT.value, str(p.s.id), ContentKind.TEXT.value,
            UUID(p.s.customer_id), CheckState.PASSED.value, at, DecidedBy.WECHAT.value, at, at,
        )  # fmt: skip


def _review(p: Player, impression: Impression, stories: Stories, at: datetime) -> Review:
    """Most are content; who waited says so in one dimension, who is angry says so in all."""
    luck, comments = p.rng.random(), stories.fair
    stars: tuple[int, ...] = (5, 4, 4, 3)
    if luck < impression.quality and not impression.late:
        stars, comments = (5, 5, 5, 5, 5, 4), stories.good
    elif luck > 1 - 0.25 * (1 - impression.quality):
        stars, comments = (3, 2, 2, 1), stories.poor
    attitude, expertise, timeliness, conduct = (p.rng.choice(stars) for _ in range(4))
    if impression.late:
        timeliness = min(timeliness, p.rng.choice((2, 3, 3)))
    comment = p.rng.choice(comments)
    if impression.engineer_id is not None and not any(rated[_ENGINEER] for rated in p.ledger.rows["ratings"]):
        # Whatever the dice say, the managers have somebody to make up to.
        return Review(Scores(2, expertise, min(timeliness, 2), conduct), stories.poor[0], at)
    return Review(Scores(attitude, expertise, timeliness, conduct), comment, at)
