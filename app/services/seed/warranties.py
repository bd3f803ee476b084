"""What the brand of the town promises, and what its appliances have of it."""

import tomllib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

import asyncpg
import orjson

from app.domain.situation import ServiceType, Situation, WarrantyDecision
from app.domain.warranty.cover import Birth, Cover, of_purchase
from app.domain.warranty.decision import Case, decide_case
from app.domain.warranty.policy import Policy, Product, policy_on, read_policy
from app.domain.zone import ZONE
from app.schemas.warranties import PolicyIn
from app.services.seed.belongings import Belonging
from app.services.seed.town import DATA

_POLICY = """
INSERT INTO warranty_policies (version, valid_from, document, published_by, published_at)
VALUES ($1, $2, $3, 'seed', $4) ON CONFLICT DO NOTHING
"""
_COLUMNS = (
    "asset_id", "kind", "component", "begins_on", "ends_on", "policy_version", "source", "created_at",
)  # fmt: skip


@cache
def load_policies() -> tuple[Policy, ...]:
    return tuple(read_policy(each["version"], each["valid_from"], each) for each in _documents())


async def plant_policies(connection: asyncpg.Connection, now: datetime) -> None:
    for each in _documents():
        body = PolicyIn.model_validate(each)
        document = body.model_dump(exclude={"version", "valid_from"}, mode="json")
        words = orjson.dumps(document).decode()
        await connection.execute(_POLICY, body.version, body.valid_from, words, now)


async def plant_periods(connection: asyncpg.Connection, assets: Sequence[Belonging], since: datetime) -> None:
    records = [
        (asset.id, c.kind.value, c.component, c.begins_on, c.ends_on, c.policy_version, c.source.value, since)
        for asset in assets
        for c in periods_of(asset)
    ]
    await connection.copy_records_to_table("warranties", records=records, columns=_COLUMNS)


def periods_of(asset: Belonging) -> tuple[Cover, ...]:
    return of_purchase(Birth(asset.purchased_on), _product(asset), load_policies())


def decision_of(s: Situation, asset: Belonging | None, at: datetime) -> WarrantyDecision:
    today = at.astimezone(ZONE).date()
    policy = policy_on(load_policies(), today)
    product = _product(asset) if asset else Product(s.brand, s.category, s.model)
    held = periods_of(asset) if asset else ()
    service = ServiceType(s.service_type)
    case = Case(service, s.diagnosis.fault, s.diagnosis.parts, held, policy.rule_for(product), policy)
    return decide_case(case, today)


def _product(asset: Belonging) -> Product:
    return Product(asset.brand, asset.category, asset.model, asset.warranty_months)


def _documents() -> list[dict[str, Any]]:
    documents: list[dict[str, Any]] = tomllib.loads((DATA / "warranties.toml").read_text())["policy"]
    return documents
