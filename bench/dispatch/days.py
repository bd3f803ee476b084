"""Days as files: engineers, and jobs with the moment at which each becomes known. Minutes count from midnight.

Beside what a planner may know, a job carries what the day will bring: how long it really takes, and how much longer
or shorter the way to it is.
"""

import json
import random
from dataclasses import dataclass
from math import cos, exp, radians
from pathlib import Path
from typing import Any

DETOUR, KM_PER_HOUR, PARKING = 1.3, 25.0, 3.0
SIDE_KM = 20.0
SOUTH_WEST = (24.95, 102.62)
# How often each skill is asked for; how often each kind of work, and its minutes.
SKILLS = (29, 22, 15, 14, 13, 7)
KINDS = ((50, 30), (21, 40), (20, 45), (9, 15))
# When windows begin, and how often each is wished for where there is a choice.
OPENINGS = (480, 600, 720, 840, 960)
WISHES = (25, 18, 11, 25, 21)
# Nobody is told a window that begins sooner after his call.
NOTICE = 60


@dataclass(frozen=True)
class Engineer:
    number: int
    home: tuple[float, float]
    shift: tuple[float, float]
    skills: frozenset[int]
    rating: float
    sick_at: float | None


@dataclass(frozen=True)
class Errand:
    number: int
    place: tuple[float, float]
    skill: int
    minutes: int
    revealed: float
    window: tuple[float, float]
    urgent: bool
    really: float
    way_factor: float


@dataclass(frozen=True)
class FieldDay:
    name: str
    engineers: tuple[Engineer, ...]
    errands: tuple[Errand, ...]


def read(path: Path) -> FieldDay:
    loaded = json.loads(path.read_text(encoding="utf-8"))
    return FieldDay(
        path.stem,
        tuple(_engineer(each) for each in loaded["engineers"]),
        tuple(_errand(each) for each in loaded["jobs"]),
    )


def _engineer(each: dict[str, Any]) -> Engineer:
    return Engineer(
        each["id"],
        tuple(each["home"]),
        tuple(each["shift"]),
        frozenset(each["skills"]),
        each["rating"],
        each["sick_at"],
    )


def _errand(each: dict[str, Any]) -> Errand:
    return Errand(
        number=each["id"],
        place=tuple(each["at"]),
        skill=each["skill"],
        minutes=each["est"],
        revealed=each["reveal"],
        window=tuple(each["window"]),
        urgent=each["urgent"],
        really=each["actual"],
        way_factor=each["travel_mult"],
    )


def invent(seed: int, jobs: int = 300, engineers: int = 30, sick: int = 0) -> FieldDay:
    """A day of a town of twenty by twenty kilometres; the same seed gives the same day."""
    dice = random.Random(seed)
    crew = []
    for number in range(engineers):
        begins = dice.choice((480, 540, 600))
        skills = frozenset(dice.sample(range(len(SKILLS)), dice.randint(2, 4)))
        ill = 660.0 if number < sick else None
        crew.append(
            Engineer(number, _place(dice), (begins, begins + 540), skills, dice.uniform(3.8, 5.0), ill)
        )
    errands = sorted((_invented(dice, number) for number in range(jobs)), key=lambda e: e.revealed)
    return FieldDay(f"seed {seed}, {jobs} jobs", tuple(crew), tuple(errands))


def _invented(dice: random.Random, number: int) -> Errand:
    (skill,) = dice.choices(range(len(SKILLS)), SKILLS)
    ((_, minutes),) = dice.choices(KINDS, [share for share, _ in KINDS])
    urgent = dice.random() < 0.08
    revealed = dice.uniform(440, 940) if urgent or dice.random() > 0.55 else 0.0
    free = [i for i, opens in enumerate(OPENINGS) if opens >= revealed + NOTICE] or [len(OPENINGS) - 1]
    (wish,) = dice.choices(free, [WISHES[i] for i in free])
    window = (revealed, revealed + 120) if urgent else (OPENINGS[wish], OPENINGS[wish] + 120)
    return Errand(
        number=number,
        place=_place(dice),
        skill=skill,
        minutes=minutes,
        revealed=revealed,
        window=window,
        urgent=urgent,
        really=minutes * exp(dice.gauss(-0.06, 0.35)),
        way_factor=exp(dice.gauss(-0.02, 0.2)),
    )


def _place(dice: random.Random) -> tuple[float, float]:
    lat, lng = SOUTH_WEST
    east, north = dice.uniform(0, SIDE_KM), dice.uniform(0, SIDE_KM)
    return lat + north / 111.2, lng + east / (111.32 * cos(radians(lat)))
