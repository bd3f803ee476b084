"""What the platform keeps of accounts and people, arranged for somebody who looks on."""

from dataclasses import asdict, dataclass

from sandbox import consents, people, quotas, windows
from sandbox.control import describe
from sandbox.endpoints import ENDPOINTS
from sandbox.people import Identity, User
from sandbox.quotas import Spent
from sandbox.records import Account
from sandbox.tokens import OVERLAP
from sandbox.world import World


@dataclass(frozen=True, slots=True)
class ShownToken:
    id: str
    appid: str
    kind: str
    value: str
    issued_at: float
    expires_at: float
    age: float
    state: str
    revoked_at: float | None
    client: str
    agent: str
    fetches: int
    forced: bool


def _accounts(world: World, appid: str | None) -> list[Account]:
    return [account for account in world.accounts.all() if appid in (None, account.appid)]


def quotas_of(world: World, appid: str | None) -> list[Spent]:
    return [
        quotas.spent(world, account, endpoint.path)
        for account in _accounts(world, appid)
        for endpoint in ENDPOINTS
        if account.kind in endpoint.kinds
    ]


def tokens_of(world: World, appid: str | None) -> list[ShownToken]:
    """The newest two hundred; enough of each to tell them apart, too little to use one."""
    now = world.clock.now()
    rows = world.store.all(
        "SELECT * FROM tokens WHERE ? IS NULL OR appid = ? ORDER BY issued_at DESC LIMIT 200", appid, appid
    )
    newest = {(row["appid"], row["kind"]): row["value"] for row in reversed(rows)}
    return [
        ShownToken(
            id=row["value"][-12:],
            appid=row["appid"],
            kind=row["kind"],
            value=f"{row['value'][:6]}…{row['value'][-4:]}",
            issued_at=row["issued_at"],
            expires_at=row["expires_at"],
            age=round(now - row["issued_at"], 1),
            state=_token_state(
                now,
                expires_at=row["expires_at"],
                revoked_at=row["revoked_at"],
                newest=newest[row["appid"], row["kind"]] == row["value"],
            ),
            revoked_at=row["revoked_at"],
            client=row["client"],
            agent=row["agent"],
            fetches=row["fetches"],
            forced=bool(row["forced"]),
        )
        for row in rows
    ]


def _token_state(now: float, *, expires_at: float, revoked_at: float | None, newest: bool) -> str:
    if revoked_at is not None:
        return "revoked"
    if expires_at <= now:
        return "expired"
    return "living" if newest or expires_at - now > OVERLAP else "overlapping"


def templates_of(world: World, appid: str | None) -> list[dict[str, object]]:
    rows = world.store.all("SELECT * FROM template_days WHERE day = ?", world.clock.day())
    today = {(row["appid"], row["template_id"]): row for row in rows}
    listed: list[dict[str, object]] = []
    for account in _accounts(world, appid):
        for template in account.templates:
            row = today.get((account.appid, template.id))
            fields = [{**asdict(field), "type": field.type} for field in template.fields]
            counts = {f"{name}_today": row[name] if row else 0 for name in ("sent", "failed", "blocked")}
            listed.append(
                {
                    "appid": account.appid,
                    "id": template.id,
                    "title": template.title,
                    "kind": template.kind_in(account.kind),
                    "fields": fields,
                    "banned": template.banned,
                    **counts,
                }
            )
    return listed


def person(world: World, user: User) -> dict[str, object]:
    agreed = consents.listed(world.store, user=user.id)
    identities = [
        {
            "appid": who.appid,
            "kind": account.kind,
            "openid": who.openid,
            "follows": who.follows,
            "followed_at": who.followed_at,
            "blocked_push": who.blocked_push,
            "blacklisted": who.blacklisted,
            "snapshot": who.snapshot,
            "last_visit_at": who.last_visit_at,
            "last_page": who.last_page,
            "windows": windows.open_now(world.store, who, world.clock.now()),
            "consents": [consent for consent in agreed if consent.appid == who.appid],
        }
        for who in people.identities_of(world.store, user.id)
        if (account := _of(world, who)) is not None
    ]
    return {**describe(world, user), "identities": identities}


def _of(world: World, who: Identity) -> Account | None:
    return world.accounts.get(who.appid)
