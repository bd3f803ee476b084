"""What is under way when the demo begins, at whatever hour that is: for everybody something to do at once.

By the night team, who are on duty around the clock; each does one job, so that nobody is in two places.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.evidence.items import Due
from app.domain.pricing import Wanted
from app.domain.situation import Warranty, Window
from app.domain.warranty import decide
from app.domain.zone import ZONE
from app.services.quotes.limit import STANDING_FEN
from app.services.seed.belongings import Belonging
from app.services.seed.history import field, work
from app.services.seed.history.openings import Opening, Turn, diagnosed
from app.services.seed.history.player import Player, customer
from app.services.seed.history.review import agreed, opened, there, wait_for_word
from app.services.seed.history.stories import Stories, Story
from app.services.seed.history.tale import Stage, triage
from app.services.seed.people import FieldEngineer, Household, Population

# Who has the quote, and who has the rating to give: both have a phone, and follow.
QUOTED, FINISHED = "u-lin", "u-zhao"
_QUOTED_CAME, _FINISHED_CAME = timedelta(minutes=170), timedelta(hours=4, minutes=30)
_BOOKED, _OFFERED, _URGENT = timedelta(hours=4), timedelta(seconds=20), timedelta(minutes=25)
_BURST = timedelta(minutes=14)
# The small job of a standing customer: below what a manager has to look at.
_DEAREST = STANDING_FEN // 2

Tell = Callable[[Player, Opening, Stage], None]


@dataclass(frozen=True)
class Job:
    opening: Opening
    tell: Tell


def under_way(
    stories: Stories, people: Population, assets: Sequence[Belonging], now: datetime
) -> tuple[Job, ...]:
    """Of the last hours; none of the households has two."""
    first, second, third, *_ = [e for e in people.engineers if e.shift is None]
    urgent = _urgent(stories, people, first, now)
    waiting = (urgent, *_burst(stories, people, first, now))
    quoted = _of_named(QUOTED, stories, assets, now)
    finished = _of_named(FINISHED, stories, assets, now)
    others = _others(stories, people, assets)
    (booked_story, booked), (offered_story, offered) = next(others), next(others)
    return (
        Job(opened(quoted[0], quoted[1], first, now - _QUOTED_CAME), _quoted),
        Job(opened(finished[0], finished[1], third, now - _FINISHED_CAME), _finished),
        Job(_booked(booked_story, booked, second, now), _waits),
        Job(_offered(offered_story, offered, second, now), _is_offered),
        *(Job(each, _unassigned) for each in waiting),
    )


def _of_named(
    phone: str, stories: Stories, assets: Sequence[Belonging], now: datetime
) -> tuple[Story, Belonging]:
    """Something of his that costs him something."""
    today = now.astimezone(ZONE).date()
    for thing in assets:
        covered = decide(thing.purchased_on, thing.warranty_months, today) is Warranty.IN
        for story in stories.repairs if thing.household.phone_of == phone and not covered else ():
            if story.category == thing.category and story.lines:
                return story, thing
    raise ValueError(f"{phone} owns nothing out of warranty that could break")


def _others(
    stories: Stories, people: Population, assets: Sequence[Belonging]
) -> Iterator[tuple[Story, Belonging]]:
    """One thing each of those who have a phone and no name."""
    for household in _with_phone(people):
        for thing in (a for a in assets if a.household is household):
            story = next((s for s in stories.repairs if s.category == thing.category), None)
            if story is not None:
                yield story, thing
                break


def _with_phone(people: Population) -> list[Household]:
    """From the last: the first ones have the job that waits for the manager."""
    return [h for h in reversed(people.households) if h.phone_of and h.follows and not h.assets]


def _booked(story: Story, thing: Belonging, engineer: FieldEngineer, now: datetime) -> Opening:
    """The window is open: he may set out at once."""
    start = now.astimezone(ZONE).replace(minute=0, second=0, microsecond=0)
    turn = Turn(engineer, Window(start, start + timedelta(hours=2)))
    return Opening(thing.household, story, thing, diagnosed(story), start - _BOOKED, turn)


def _offered(story: Story, thing: Belonging, engineer: FieldEngineer, now: datetime) -> Opening:
    start = now.astimezone(ZONE).replace(minute=0, second=0, microsecond=0) + timedelta(hours=3)
    turn = Turn(engineer, Window(start, start + timedelta(hours=2)))
    return Opening(
        thing.household, story, thing, diagnosed(story), now - _OFFERED - timedelta(seconds=2), turn
    )


def _urgent(stories: Stories, people: Population, could: FieldEngineer, now: datetime) -> Opening:
    """At a door to which nobody of ours goes."""
    district, detail = stories.urgent_at
    household = _with_phone(people)[2]
    address = replace(household.address, district=district, detail=detail, latitude=None, longitude=None)
    there = replace(household, address=address)
    return _waiting(stories.urgent, there, now - _URGENT, could)


def _burst(stories: Stories, people: Population, could: FieldEngineer, now: datetime) -> Iterator[Opening]:
    """Neighbours of one branch."""
    by_branch: dict[str, list[Household]] = {}
    for household in _with_phone(people)[3:]:
        by_branch.setdefault(household.branch.key, []).append(household)
    loudest = max(by_branch.values(), key=len)
    for number, (story, household) in enumerate(zip(stories.burst, loudest, strict=False)):
        yield _waiting(story, household, now - _BURST + timedelta(minutes=4 * number), could)


def _waiting(story: Story, household: Household, created: datetime, could: FieldEngineer) -> Opening:
    """Somebody has to go, and nobody has been asked."""
    turn = Turn(could, Window(created, created + timedelta(hours=2)))
    return Opening(household, story, None, diagnosed(story), created, turn)


def _quoted(p: Player, opening: Opening, stage: Stage) -> None:
    wait_for_word(p, opening, stage, _affordable(opening.story, stage))


def _affordable(story: Story, stage: Stage) -> list[Wanted]:
    wanted: list[Wanted] = []
    total = 0
    for code in story.lines:
        total += stage.catalogue.price(code).fen
        if wanted and total > _DEAREST:
            break
        wanted.append(Wanted(code, 1))
    return wanted


def _finished(p: Player, opening: Opening, stage: Stage) -> None:
    """Done an hour or two ago; the customer has not said how it was."""
    turn, appointment, arrived = there(p, opening, stage)
    who, story = field.actor_of(turn.engineer), opening.story
    looked = arrived + timedelta(minutes=7)
    began = looked + timedelta(minutes=4)
    wanted = [Wanted(code, 1) for code in story.lines]
    quote = work.quote(p, turn, wanted, stage.catalogue, looked, limit_fen=STANDING_FEN)
    work.decide(p, quote, looked, began, stage.catalogue, agrees=True)
    appointment.started_at = began
    done = began + timedelta(minutes=28)
    work.supply(p, who, stage.pictures, done - timedelta(minutes=1), Due.START, Due.FINISH)
    work.finish(p, turn, appointment, story, stage.catalogue, done)
    p.end()


def _waits(p: Player, opening: Opening, stage: Stage) -> None:
    _, appointment = agreed(p, opening, stage)
    field.wait(p, appointment)
    p.end()


def _is_offered(p: Player, opening: Opening, stage: Stage) -> None:
    if opening.turn is None:
        raise ValueError("somebody has to be asked")
    at = opening.created_at + timedelta(seconds=1)
    p.begin(customer(p.s))
    triage(p, opening, stage.catalogue, at)
    field.offer(p, opening.turn, at)
    field.settle_offer(p, opening.turn, "open", at, None)
    p.end()


def _unassigned(p: Player, opening: Opening, stage: Stage) -> None:
    p.begin(customer(p.s))
    triage(p, opening, stage.catalogue, opening.created_at + timedelta(seconds=1))
    p.end()
