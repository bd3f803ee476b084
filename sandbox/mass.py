"""Hundreds of people at once, for load that can be seen."""

from dataclasses import dataclass

from sandbox import consents, following, people
from sandbox import world as worlds
from sandbox.people import User
from sandbox.world import World

ROLE = "virtual"
MOST = 500


@dataclass(frozen=True, slots=True)
class Tally:
    user: str
    openid: str
    delivered: int
    failed: int
    pending: int


def make(world: World, count: int, *, templates: list[str], each: int, events: bool) -> list[User]:
    """As many as asked for in all: those who are there already count."""
    made = [_user(number) for number in range(1, count + 1)]
    for user in made:
        if people.user(world.store, user.id) is None:
            worlds.add_user(world, user, follows=not events)
        if events:
            _follow(world, user)
    _agree(world, made, templates, each)
    world.hub.notify()
    return made


def _user(number: int) -> User:
    return User(f"mass-{number:04d}", f"虚拟用户{number:03d}", f"199{number:08d}", ROLE)


def _follow(world: World, user: User) -> None:
    """As a hand does it: the service is told of each."""
    account = world.accounts.service()
    who = people.by_user(world.store, account.appid, user.id) if account else None
    if account is not None and who is not None and not who.follows:
        following.join(world, account, who, key="", ticket=None)


def _agree(world: World, users: list[User], templates: list[str], each: int) -> None:
    for account in world.accounts.all():
        known = [template_id for template_id in templates if account.template(template_id) is not None]
        for user in users if known else []:
            who = people.by_user(world.store, account.appid, user.id)
            if who is not None:
                for template_id in known:
                    consents.give(world, who, template_id, each)


def clear(world: World) -> int:
    removed = len(people.users(world.store, ROLE))
    people.remove(world.store, ROLE)
    world.hub.notify()
    return removed


def tallies(world: World) -> list[Tally]:
    """Refused sends leave no message, only a call; a person is shown with both."""
    service = world.accounts.service()
    rows = world.store.all(
        "SELECT u.id AS user, i.openid, coalesce(m.delivered, 0) AS delivered,"
        " coalesce(m.failed, 0) + coalesce(c.refused, 0) AS failed,"
        " coalesce(m.in_review, 0) + coalesce(b.owed, 0) AS pending"
        " FROM users u JOIN identities i ON i.user_id = u.id AND i.appid = ?"
        " LEFT JOIN (SELECT user_id, sum(delivered_at IS NOT NULL) AS delivered, sum(status = 'in_review') AS"
        "   in_review, sum(delivered_at IS NULL AND status <> 'in_review') AS failed FROM messages"
        "   WHERE user_id IN (SELECT id FROM users WHERE role = ?)"
        "   AND channel IN ('template', 'subscribe', 'custom') GROUP BY user_id) m ON m.user_id = u.id"
        " LEFT JOIN (SELECT openid, count(*) AS refused FROM calls"
        "   WHERE errcode <> 0 AND openid IS NOT NULL AND errcode <> 40252 GROUP BY openid) c"
        "   ON c.openid = i.openid"
        " LEFT JOIN (SELECT openid, count(*) AS owed FROM callbacks WHERE status = 'pending' GROUP BY openid) b"
        "   ON b.openid = i.openid"
        " WHERE u.role = ? ORDER BY u.id",
        service.appid if service else "",
        ROLE,
        ROLE,
    )
    return [Tally(**row) for row in rows]
