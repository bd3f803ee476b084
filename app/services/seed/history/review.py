"""A job that is not of the past: the engineer is there, and what he has quoted waits for somebody's word."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.domain.pricing import Wanted
from app.domain.situation import Purpose, Warranty, Window
from app.domain.warranty import decide
from app.domain.zone import ZONE
from app.services.quotes.limit import STANDING_FEN
from app.services.seed.belongings import Belonging
from app.services.seed.history import field, work
from app.services.seed.history.openings import Opening, Turn, diagnosed
from app.services.seed.history.player import Player, customer
from app.services.seed.history.stories import Stories, Story
from app.services.seed.history.tale import Stage, triage
from app.services.seed.people import FieldEngineer, Population

_CAME = timedelta(minutes=170)
_QUOTED = timedelta(minutes=9)


def under_review(
    stories: Stories, people: Population, assets: Sequence[Belonging], now: datetime
) -> Opening | None:
    """Of somebody with a phone, whose appliance is out of warranty; by the night team, who are always on duty.

    Not of those whom the town names: they have stories of their own.
    """
    story = stories.review.story
    found = diagnosed(story)
    thing = next((a for a in assets if a.category == story.category and _pays(a, now)), None)
    if thing is None:
        return None
    district = thing.household.branch.district
    crew = [e for e in people.engineers if e.shift is None and _able(e, district, found.required_licences)]
    if not crew:
        return None
    return opened(story, thing, crew[-1], now - _CAME)


def opened(story: Story, thing: Belonging, engineer: FieldEngineer, came: datetime) -> Opening:
    """``came`` is in the first hour of the appointment."""
    start = came.astimezone(ZONE).replace(minute=0, second=0, microsecond=0)
    if not start.hour:
        # Else he would have had to leave before the day of the appointment.
        start += timedelta(hours=1)
    turn = Turn(engineer, Window(start, start + timedelta(hours=2)))
    return Opening(thing.household, story, thing, diagnosed(story), start - timedelta(hours=4), turn)


def wait_for_review(p: Player, opening: Opening, stage: Stage) -> None:
    wait_for_word(p, opening, stage, stage.stories.review.wanted)


def wait_for_word(p: Player, opening: Opening, stage: Stage, wanted: Sequence[Wanted]) -> None:
    """He is there, and what he has quoted waits: for the manager above the limit, for the customer below it."""
    turn, appointment, arrived = there(p, opening, stage)
    quoted = p.now - _QUOTED
    made = work.quote(p, turn, wanted, stage.catalogue, quoted, limit_fen=STANDING_FEN)
    work.keep_quote(p, made, quoted, None)
    field.stay(p, appointment, arrived)
    p.end()


def agreed(p: Player, opening: Opening, stage: Stage) -> tuple[Turn, field.Appointment]:
    """Reported, taken on and booked."""
    if opening.turn is None:
        raise ValueError("somebody has to come")
    turn, at = opening.turn, opening.created_at + timedelta(seconds=1)
    p.begin(customer(p.s))
    triage(p, opening, stage.catalogue, at)
    field.offer(p, turn, at)
    accepted = field.after(at, p.rng, 0.5, 2)
    field.settle_offer(p, turn, "accepted", at, accepted)
    field.accept(p, turn, accepted)
    return turn, field.book(p, turn, field.after(accepted, p.rng, 2, 20))


def there(p: Player, opening: Opening, stage: Stage) -> tuple[Turn, field.Appointment, datetime]:
    """The engineer has come; when he did."""
    turn, appointment = agreed(p, opening, stage)
    arrived = field.travel(p, turn, appointment, late=False)
    work.photograph(p, field.actor_of(turn.engineer), Purpose.BEFORE, stage.pictures, arrived)
    return turn, appointment, arrived


def _pays(thing: Belonging, now: datetime) -> bool:
    today = now.astimezone(ZONE).date()
    covered = decide(thing.purchased_on, thing.warranty_months, today) is Warranty.IN
    whose = thing.household
    return not covered and not whose.assets and whose.follows and whose.phone_of is not None


def _able(engineer: FieldEngineer, district: str, licences: Sequence[str]) -> bool:
    return district in engineer.areas and {*licences} <= {*engineer.licences}
