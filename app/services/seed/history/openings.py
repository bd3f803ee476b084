"""How each ticket of the past began: whose appliance, what was wrong, who came when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import lru_cache
from random import Random

from app.domain.dispatch.slots import windows_of
from app.domain.situation import Window
from app.domain.travel import great_circle_km
from app.domain.zone import ZONE
from app.schemas.tickets import ContactIn, NewTicket
from app.services.seed.belongings import Belonging
from app.services.seed.history.stories import Stories, Story
from app.services.seed.people import FieldEngineer, Household
from app.services.seed.rosters import shift_on
from app.services.tickets.diagnose import Diagnosed, diagnose

DAYS = 60
# A job whose window ended so long ago is surely done.
SETTLED = timedelta(hours=5)
# After so many days every ticket of the past has come to its end.
UNFINISHED = 16


@dataclass(frozen=True)
class Turn:
    """One appointment: who comes when."""

    engineer: FieldEngineer
    window: Window


@dataclass(frozen=True)
class Opening:
    household: Household
    story: Story
    belonging: Belonging | None
    found: Diagnosed
    created_at: datetime
    turn: Turn | None


class Diary:
    """The appointments of all engineers, so that nobody is in two places even in a made-up past."""

    def __init__(self, engineers: Sequence[FieldEngineer], rng: Random) -> None:
        self._engineers = engineers
        self._rng = rng
        self._taken: set[tuple[str, datetime]] = set()

    def book(self, household: Household, skill: str, licences: Sequence[str], window: Window) -> Turn | None:
        """The nearest who may and can."""
        # The night team helps out by day now and then.
        everybody = self._rng.random() < 0.12
        able = [
            e
            for e in self._engineers
            if (everybody or e.shift is not None)
            and skill in e.skills
            and {*licences} <= {*e.licences}
            and household.branch.district in e.areas
        ]
        free = [engineer for engineer in able if self._is_free(engineer, window)]
        if not free:
            return None
        where = household.branch.at
        # Two from among the nearest three, so that the work is shared out.
        nearest = sorted(free, key=lambda e: (great_circle_km(where, e.home), e.number))[:3]
        return self.again(self._rng.choice(nearest), window)

    def again(self, engineer: FieldEngineer, window: Window) -> Turn | None:
        """Another appointment with the same engineer, if he has the time."""
        if not self._is_free(engineer, window):
            return None
        self._taken.add((engineer.employee_no, window.start))
        return Turn(engineer, window)

    def _is_free(self, engineer: FieldEngineer, window: Window) -> bool:
        shift = shift_on(engineer, window.start.astimezone(ZONE).date())
        works = shift is not None and shift[0] <= window.start and window.end <= shift[1]
        return works and (engineer.employee_no, window.start) not in self._taken


def openings(
    stories: Stories, households: Sequence[Household], assets: Sequence[Belonging], diary: Diary,
    *, count: int, rng: Random, now: datetime, days: int = DAYS,
) -> list[Opening]:  # fmt: skip
    """Oldest first."""
    followers = [household for household in households if household.follows]
    with_phone = [household for household in followers if household.phone_of]
    owned = {household.key: [a for a in assets if a.household is household] for household in followers}
    found: list[Opening] = []
    while len(found) < count:
        days_ago = rng.uniform(0.2, days)
        # What is not over yet will have messages to send, so it belongs to somebody whom they can reach.
        household = rng.choice(followers if days_ago > UNFINISHED else with_phone)
        day = now - timedelta(days=days_ago)
        opening = (
            _remote(stories, household, day, rng, now)
            if rng.random() < 0.12
            else _on_site(stories, household, owned[household.key], day, diary, rng, now)
        )
        if opening is not None:
            found.append(opening)
    return sorted(found, key=lambda opening: opening.created_at)


def _remote(stories: Stories, household: Household, day: datetime, rng: Random, now: datetime) -> Opening:
    story = rng.choices(stories.remote, [s.weight for s in stories.remote])[0]
    created = day.astimezone(ZONE)
    created = created.replace(hour=rng.randint(8, 18), minute=rng.randint(0, 59), second=rng.randint(0, 59))
    return Opening(household, story, None, diagnosed(story), min(created, now - SETTLED), None)


def _on_site(
    stories: Stories,
    household: Household,
    owned: Sequence[Belonging],
    day: datetime,
    diary: Diary,
    rng: Random,
    now: datetime,
) -> Opening | None:
    categories = {asset.category for asset in owned}
    told = [s for s in (*stories.repairs, *stories.services) if s.category in categories]
    ended = [w for w in windows_of(day.astimezone(ZONE).date()) if w.end_at < now - SETTLED]
    if not told or not ended:
        return None
    story = rng.choices(told, [s.weight for s in told])[0]
    belonging = next(asset for asset in owned if asset.category == story.category)
    found, chosen = diagnosed(story), rng.choice(ended)
    window = Window(chosen.start_at, chosen.end_at)
    turn = diary.book(household, found.required_skill, found.required_licences, window)
    if turn is None:
        return None
    return Opening(household, story, belonging, found, _before(window.start, rng), turn)


def _before(start: datetime, rng: Random) -> datetime:
    """Some hours or a day or two ahead, when people are awake."""
    created = (start - timedelta(hours=rng.uniform(3, 44))).astimezone(ZONE)
    if not time(8) <= created.time() < time(21):
        created = created.replace(hour=rng.randint(9, 20)) - timedelta(days=created.hour < 8)
    return min(created, start - timedelta(hours=3))


@lru_cache
def diagnosed(story: Story) -> Diagnosed:
    """Triage reads the words only; the same words it needs to read only once."""
    contact = ContactIn(name="客户", phone="13800000000")
    body = NewTicket(
        service_type=story.service_type, category=story.category, fault=story.report, contact=contact
    )
    return diagnose(body)
