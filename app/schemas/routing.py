"""Teams, rules and routes as they cross the API."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.domain.routing.choice import Presence
from app.domain.situation import Channel, Priority, ServiceType
from app.models.teams import RouteCause
from app.schemas.common import Input, NeededLine, NeededWord, Output
from app.schemas.membership import LevelCode

Words = Annotated[list[NeededWord], Field(max_length=50)]


class MemberIn(Input):
    staff_id: UUID
    # Categories; empty for all.
    skills: Words = []
    # How many open tickets he may have at once, in all his teams.
    capacity: Annotated[int, Field(ge=0, le=500)] = 10


class TeamIn(Input):
    name: NeededWord
    overflow_id: UUID | None = None
    standing: bool = False
    members: Annotated[list[MemberIn], Field(max_length=200)] = []

    @model_validator(mode="after")
    def each_member_once(self) -> Self:
        if len({member.staff_id for member in self.members}) < len(self.members):
            raise ValueError("同一名成员只能出现一次。")
        return self


class MemberOut(Output):
    staff_id: str
    name: str
    skills: list[str]
    capacity: int
    load: int
    presence: Presence
    seen_at: datetime | None


class TeamOut(Output):
    id: str
    name: str
    overflow_id: str | None
    # Where goes what no rule fits.
    standing: bool
    waiting: int
    members: list[MemberOut]


class TeamList(Output):
    items: list[TeamOut]


class ConditionsIn(Input):
    """Empty asks for nothing; of several values one has to hold."""

    channels: Annotated[list[Channel], Field(max_length=10)] = []
    service_types: Annotated[list[ServiceType], Field(max_length=10)] = []
    categories: Words = []
    words: Words = []
    priorities: Annotated[list[Priority], Field(max_length=10)] = []
    districts: Words = []
    service_point_ids: Annotated[list[UUID], Field(max_length=50)] = []
    hazard: bool | None = None
    # Codes of levels of membership.
    member_levels: Annotated[list[LevelCode], Field(max_length=10)] = []


class RuleIn(Input):
    name: NeededWord
    conditions: ConditionsIn = ConditionsIn()
    team_id: UUID
    # What has a higher one is taken first out of the team's queue.
    rank: Annotated[int, Field(ge=0, le=9)] = 0


class RulesIn(Input):
    """All of them, in order: the first that fits decides."""

    rules: Annotated[list[RuleIn], Field(max_length=200)]


class RulesOut(Output):
    version: int | None
    rules: list[RuleIn]
    published_at: datetime | None


class PresenceIn(Input):
    presence: Presence


class PresenceOut(Output):
    presence: Presence
    seen_at: datetime


class CandidateOut(Output):
    name: str
    load: int
    capacity: int
    # Why not he; empty for whoever could.
    obstacle: str


class TriedOut(Output):
    team: str
    candidates: list[CandidateOut]


class RuleName(Output):
    position: int
    name: str


class MemberThen(Output):
    """The customer's level when the ticket was routed, and how many points he had."""

    level: str
    name: str
    points: int


class WhyOut(Output):
    # Of the rule that fitted, if one did, and which of its conditions held.
    rule: RuleName | None
    version: int | None
    because: list[str]
    tried: list[TriedOut]
    waits: str | None
    # Null where there was no membership, or somebody passed it on by hand.
    member: MemberThen | None


class RouteOut(Output):
    team: str
    staff: str | None
    cause: RouteCause
    reason: str
    why: WhyOut
    at: datetime
    ended_at: datetime | None


class RouteList(Output):
    """The newest first; the one without an end is where the ticket is now."""

    items: list[RouteOut]


class TryIn(Input):
    number: Annotated[str, Field(pattern=r"^HX[0-9A-Z]{6,20}$")]


class TriedRoute(Output):
    """``team`` null: nowhere, since no rule fits and no team stands for the rest."""

    team: str | None
    staff: str | None
    cause: RouteCause | None
    why: WhyOut | None


class TransferIn(Input):
    """To a team's queue, or to one person of it."""

    team_id: UUID
    staff_id: UUID | None = None
    reason: NeededLine


class QueueItem(Output):
    number: str
    team: str
    staff: str | None
    rank: int
    at: datetime


class QueueOut(Output):
    items: list[QueueItem]


Whose = Literal["mine", "waiting"]
