"""What brings points in the town, and the three levels that they make."""

from datetime import datetime

import asyncpg
import orjson

from app.schemas.membership import AwardIn, AwardsIn, MemberLevel, MembershipRulesIn, RegistrationAward

GOLD = "gold"
RULES = MembershipRulesIn(
    awards=AwardsIn(
        confirmed=AwardIn(points=50), rated=AwardIn(points=20), appliance=RegistrationAward(points=30)
    ),
    levels=[
        MemberLevel(code="standard", name="普通会员", from_points=0),
        MemberLevel(code="silver", name="银卡会员", from_points=150, note="感谢您一年来的信任"),
        MemberLevel(code=GOLD, name="金卡会员", from_points=300, note="报修时优先由客服受理"),
    ],
)

_PUBLISH = "INSERT INTO membership_rules (document, published_by, published_at) VALUES ($1, 'seed', $2)"


async def plant_membership(connection: asyncpg.Connection, since: datetime) -> None:
    document = RULES.model_dump(mode="json")
    await connection.execute(_PUBLISH, orjson.dumps(document).decode(), since)
