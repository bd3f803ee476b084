"""The hub, the messages and the wishes, by plain forms."""

from sqlalchemy.ext.asyncio import AsyncSession

from app.models import Customer
from tests.harness.callers import Caller
from tests.inbox.test_inbox import told
from tests.make import make_service_point

WISHES = "/h5/preferences"
SPAN = {"days_0_6": "on", "days_0_7": "on", "from_0": "09:00", "until_0": "20:00"}


async def test_the_hub_leads_everywhere(as_customer: Caller, session: AsyncSession) -> None:
    await make_service_point(session, name="五华一店")
    page = (await as_customer.get("/h5/me")).text
    for path in ("appliances", "households", "inbox", "preferences", "privacy", "points", "prices"):
        assert f'href="/h5/{path}"' in page
        assert (await as_customer.get(f"/h5/{path}")).status_code == 200, path
    assert "五华一店" in (await as_customer.get("/h5/points")).text


async def test_wishes_are_kept_and_come_back_as_they_were_typed(as_customer: Caller) -> None:
    form = SPAN | {"visit_notes": "家有小狗"}
    assert (await as_customer.post(WISHES, data=form)).status_code == 303
    kept = (await as_customer.get("/api/v1/me/preferences")).json()
    assert kept == {
        "contact_hours": [{"weekdays": [6, 7], "from": "09:00", "until": "20:00"}],
        "same_engineer": False,
        "visit_notes": "家有小狗",
    }
    page = (await as_customer.get(WISHES)).text
    assert page.count("checked") == 2
    backwards = await as_customer.post(WISHES, data=form | {"from_0": "21:00", "visit_notes": "门铃坏了"})
    assert (backwards.status_code, "结束时间要晚于开始时间" in backwards.text) == (200, True)
    assert "门铃坏了" in backwards.text
    assert (await as_customer.get("/api/v1/me/preferences")).json() == kept
    assert (await as_customer.post(WISHES, data={"same_engineer": "yes"})).status_code == 303
    emptied = (await as_customer.get("/api/v1/me/preferences")).json()
    assert emptied == {"contact_hours": [], "same_engineer": True, "visit_notes": ""}


async def test_a_name_is_kept_and_an_empty_one_refused(as_customer: Caller) -> None:
    assert (await as_customer.post(f"{WISHES}/name", data={"nickname": "李先生"})).status_code == 303
    assert "李先生" in (await as_customer.get("/h5/me")).text
    refused = await as_customer.post(f"{WISHES}/name", data={"nickname": " "})
    assert (refused.status_code, 'role="alert"' in refused.text) == (200, True)


async def test_one_message_is_read_and_the_others_are_not(
    as_customer: Caller, customer: Customer, session: AsyncSession
) -> None:
    pushes = await told(session, customer, "delivered", "inbox", "delivered")
    page = (await as_customer.get("/h5/inbox?unread=true")).text
    assert page.count("标为已读</button>") == 3
    assert page.count("查看工单 ") == 3
    assert (await as_customer.post("/h5/inbox/read", data={"id": str(pushes[1].id)})).status_code == 303
    left = (await as_customer.get("/h5/inbox?unread=true")).text
    assert left.count("标为已读</button>") == 2
    assert (await as_customer.get("/api/v1/me/inbox")).json()["unread"] == 2
    assert (await as_customer.post("/h5/inbox/read", data={"up_to": str(pushes[2].id)})).status_code == 303
    assert "没有未读消息" in (await as_customer.get("/h5/inbox?unread=true")).text


async def test_older_messages_are_a_page_further(
    as_customer: Caller, customer: Customer, session: AsyncSession
) -> None:
    await told(session, customer, *["delivered"] * 21)
    first = (await as_customer.get("/h5/inbox?unread=true")).text
    further = first.partition('href="/h5/inbox?cursor=')[2].partition('"')[0].replace("&amp;", "&")
    second = (await as_customer.get(f"/h5/inbox?cursor={further}")).text
    assert (first.count("查看工单 "), second.count("查看工单 ")) == (20, 1)
