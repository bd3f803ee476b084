"""What a callback does, once, from its row."""

import asyncio
from datetime import UTC, datetime, timedelta

from app.bell import Bell
from app.models import Customer
from app.wechat.errors import Unreachable
from tests.harness.eventually import eventually
from tests.inbound.letterbox import Directory, Letterbox
from tests.make import make_customer, make_identity, make_staff

NOW = int(datetime.now(UTC).timestamp())


async def known(box: Letterbox, openid: str, **over: object) -> Customer:
    """A customer whom we know by this openid."""
    async with box.database.sessions.begin() as session:
        customer = await make_customer(session)
        await make_identity(session, openid=openid, customer_id=customer.id, **over)
    return customer


async def test_a_new_follower_becomes_a_customer(box: Letterbox) -> None:
    await known(box, "o-bystander", follows=False)
    await box.deliver(box.event("subscribe"))
    await box.work()
    identities = await box.identities()
    assert identities["o-lin"].follows
    assert identities["o-lin"].customer_id is not None
    assert not identities["o-bystander"].follows


async def test_whoever_unfollows_cannot_be_reached_until_he_follows_again(box: Letterbox) -> None:
    customer = await known(box, "o-lin")
    await known(box, "o-bystander")
    await box.deliver(box.event("unsubscribe", at=NOW))
    await box.work()
    identities = await box.identities()
    assert (identities["o-lin"].follows, identities["o-lin"].unreachable_reason) == (False, "unfollowed")
    assert identities["o-bystander"].follows
    await box.deliver(box.event("subscribe", at=NOW + 1))
    await box.work()
    again = (await box.identities())["o-lin"]
    assert (again.follows, again.unreachable_reason, again.customer_id) == (True, None, customer.id)


async def test_an_unfollow_that_was_overtaken_by_a_follow_is_past(box: Letterbox) -> None:
    await known(box, "o-lin")
    await box.deliver(box.event("subscribe", at=NOW))
    await box.deliver(box.event("unsubscribe", at=NOW - 30))
    await box.work()
    assert (await box.identities())["o-lin"].follows


async def test_the_mini_program_and_the_account_are_one_customer(box: Letterbox) -> None:
    customer = await known(box, "o-mini", appid=box.settings.mini_appid, unionid="union-lin", follows=False)
    box.directory.unionids["o-lin"] = "union-lin"
    await box.deliver(box.event("subscribe"))
    await box.work()
    identity = (await box.identities())["o-lin"]
    assert (identity.customer_id, identity.unionid) == (customer.id, "union-lin")


async def test_an_engineer_who_follows_stays_staff(box: Letterbox) -> None:
    async with box.database.sessions.begin() as session:
        person = await make_staff(session)
        await make_identity(session, openid="o-lin", staff_id=person.id, follows=False)
    await box.deliver(box.event("subscribe"))
    await box.work()
    identity = (await box.identities())["o-lin"]
    assert (identity.follows, identity.staff_id, identity.customer_id) == (True, person.id, None)


class Silent(Directory):
    async def unionid(self, appid: str, openid: str) -> str | None:
        raise Unreachable("nobody answers")


async def test_without_an_answer_about_the_person_the_follow_still_counts(box: Letterbox) -> None:
    box.directory = Silent()
    await box.deliver(box.event("subscribe"))
    await box.work()
    assert (await box.identities())["o-lin"].follows


async def test_other_messages_are_kept(box: Letterbox) -> None:
    await box.deliver(box.event("CLICK", EventKey="progress"))
    await box.work()
    assert [(row.kind, row.result) for row in await box.rows()] == [("CLICK", "kept")]


async def test_a_report_on_an_unknown_message_waits_and_is_given_up(box: Letterbox) -> None:
    await box.deliver(box.event("TEMPLATESENDJOBFINISH", MsgID="1", Status="success"))
    for _ in range(8):
        assert await box.work() == 1
        async with box.transaction() as connection:
            await connection.execute("UPDATE wechat_inbound SET retry_at = NULL WHERE handled_at IS NULL")
    assert await box.work() == 0
    assert [(row.result, row.attempts) for row in await box.rows()] == [("unmatched", 8)]


async def test_the_worker_hears_the_bell_and_steps_over_what_it_cannot_read(box: Letterbox) -> None:
    async with box.transaction() as connection:
        await connection.execute(
            "INSERT INTO wechat_inbound (dedup_key, appid, openid, kind, raw, received_at) "
            "SELECT n::text::bytea, 'wx1', 'o1', 'x', 'not a message', now() FROM generate_series(1, 60) n"
        )
    bell = Bell(box.settings.database_url)
    worker = box.worker(bell)

    async def followed() -> bool | None:
        return True if "o-lin" in await box.identities() else None

    async with bell.listening():
        running = asyncio.create_task(worker.run())
        try:
            await box.deliver(box.event("subscribe"))
            await eventually(followed, within=5)
        finally:
            worker.stop()
            await running
    broken = [row for row in await box.rows() if row.kind == "x"]
    assert all(row.result == "waiting" and row.retry_at is not None for row in broken)
    assert datetime.now(UTC) - timedelta(minutes=1) < max(row.retry_at for row in broken if row.retry_at)
