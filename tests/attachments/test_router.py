import asyncio
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.integrations.storage import ObjectStore
from app.models import Attachment, Customer, Engineer
from tests.attachments.photos import exif, opened, photo, pixel_bomb
from tests.attachments.rows import make_ticket
from tests.harness.callers import Caller, CallerFor
from tests.harness.clock import Clock
from tests.harness.live import Live
from tests.make import make_customer

UPLOADS = "/api/v1/attachments"


@pytest.fixture(autouse=True)
def in_memory(application: FastAPI, store: ObjectStore) -> Iterator[None]:
    before, application.state.store = application.state.store, store
    yield
    application.state.store = before


async def send(
    caller: AsyncClient,
    content: bytes | None = None,
    *,
    name: str = "a.jpg",
    kind: str = "image/jpeg",
    **fields: str,
) -> Response:
    data = photo() if content is None else content
    return await caller.post(UPLOADS, files={"file": (name, data, kind)}, data=fields)


async def rows(session: AsyncSession) -> int:
    return await session.scalar(select(func.count()).select_from(Attachment)) or 0


async def test_a_customer_uploads_a_photo_and_sees_it(
    as_customer: Caller, client: Caller, session: AsyncSession
) -> None:
    answer = await send(as_customer, photo(size=(800, 600), exif=exif(6)))
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"id", "url", "thumbnail_url", "width", "height", "video_url", "duration_ms"}
    assert (body["width"], body["height"]) == (600, 800)
    row = await session.get_one(Attachment, UUID(body["id"]))
    assert (row.customer_id, row.ticket_id, row.purpose) == (as_customer.person.id, None, "report")
    assert body["url"].startswith(f"http://test{UPLOADS}/{body['id']}/content?")
    full, thumbnail = await client.get(body["url"]), await client.get(body["thumbnail_url"])
    assert opened(full.content).size == (600, 800)
    assert opened(thumbnail.content).size == (240, 320)


async def test_a_photo_is_served_as_nothing_but_a_picture(as_customer: Caller, client: Caller) -> None:
    answer = await client.get((await send(as_customer)).json()["url"])
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == 'inline; filename="photo.jpg"'
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"].startswith("private, max-age=")
    assert int(answer.headers["content-length"]) == len(answer.content)


async def test_an_engineer_uploads_to_his_job(
    as_engineer: Caller, engineer: Engineer, customer: Customer, session: AsyncSession
) -> None:
    ticket = await make_ticket(session, customer, state="in_repair", engineer_id=engineer.id)
    answer = await send(as_engineer, ticket=ticket.number, purpose="after")
    assert answer.status_code == 201
    row = await session.get_one(Attachment, UUID(answer.json()["id"]))
    assert (row.ticket_id, row.staff_id, row.purpose) == (ticket.id, engineer.id, "after")


async def test_anonymous_callers_upload_nothing(client: Caller, session: AsyncSession) -> None:
    assert (await send(client)).status_code == 401
    assert await rows(session) == 0


async def test_another_customers_ticket_does_not_exist(as_customer: Caller, session: AsyncSession) -> None:
    ticket = await make_ticket(session, await make_customer(session))
    answer = await send(as_customer, ticket=ticket.number)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert await rows(session) == 0


async def test_a_closed_ticket_takes_no_photos(
    as_customer: Caller, customer: Customer, session: AsyncSession
) -> None:
    ticket = await make_ticket(session, customer, state="closed")
    answer = await send(as_customer, ticket=ticket.number)
    assert (answer.status_code, answer.json()["code"]) == (409, "ticket_ended")


@pytest.mark.parametrize(
    ("name", "kind", "content", "status"),
    [
        ("a.svg", "image/svg+xml", b"<svg onload='alert(1)'/>", 415),
        ("a.jpg", "image/jpeg", b"<html><script>alert(1)</script>", 415),
        (".htaccess", "image/jpeg", b"AddType application/x-httpd-php .jpg", 415),
        ("a.jpg\u200b.php", "image/jpeg", b"<?php system($_GET['c']);", 415),
        ("a.png", "image/png", pixel_bomb(), 422),
        ("a.jpg", "image/jpeg", photo()[:2000], 422),
        ("a.jpg", "image/jpeg", b"", 422),
    ],
    ids=["svg", "html", "htaccess", "php", "bomb", "truncated", "empty"],
)
async def test_hostile_files_are_refused_in_chinese(
    as_customer: Caller, session: AsyncSession, name: str, kind: str, content: bytes, status: int
) -> None:
    answer = await send(as_customer, content, name=name, kind=kind)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert any(
        "照片" in said for said in (answer.json()["msg"], *(e["msg"] for e in answer.json()["errors"]))
    )
    assert "script" not in answer.text
    assert "php" not in answer.text
    assert await rows(session) == 0


@pytest.mark.parametrize("name", ["../../etc/passwd", "a.jpg\u200b.php", "..\\x.jpg", "a\r\nX-Evil: 1.jpg"])
async def test_the_name_of_a_file_leads_nowhere(
    as_customer: Caller, client: Caller, store: ObjectStore, clock: Clock, name: str
) -> None:
    answer = await send(as_customer, name=name, kind="application/x-httpd-php")
    assert answer.status_code == 201
    photo_id = UUID(answer.json()["id"]).hex
    batches = store.older_than(clock.now + timedelta(days=36500), prefix="photos")
    assert {key async for keys in batches for key in keys} == {
        f"photos/{photo_id[:2]}/{photo_id}/full.jpg",
        f"photos/{photo_id[:2]}/{photo_id}/thumbnail.jpg",
    }
    served = await client.get(answer.json()["url"])
    assert served.headers["content-type"] == "image/jpeg"
    assert "x-evil" not in served.headers


@pytest.mark.parametrize("megabytes", [11, 13])
async def test_more_than_ten_megabytes_are_refused(
    as_customer: Caller, session: AsyncSession, megabytes: int
) -> None:
    answer = await send(as_customer, photo() + bytes(megabytes * 1024 * 1024))
    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
    assert await rows(session) == 0


@pytest.mark.parametrize("purpose", ["selfie", "after"])
async def test_a_wrong_purpose_is_named(as_customer: Caller, purpose: str) -> None:
    answer = await send(as_customer, purpose=purpose)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["body.purpose"]


async def test_without_a_file_the_field_is_named(as_customer: Caller) -> None:
    answer = await as_customer.post(UPLOADS, data={"purpose": "report"})
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == ["body.file"]


async def test_two_files_at_once_are_refused(as_customer: Caller, session: AsyncSession) -> None:
    files = [("file", ("a.jpg", photo(), "image/jpeg")), ("other", ("b.jpg", photo(), "image/jpeg"))]
    assert (await as_customer.post(UPLOADS, files=files)).status_code == 400
    assert await rows(session) == 0


@pytest.mark.parametrize("part", ["variant", "viewer", "expires", "signature"])
@pytest.mark.parametrize("how", ["changed", "left out", "emptied"])
async def test_an_altered_address_shows_nothing(
    as_customer: Caller, client: Caller, part: str, how: str
) -> None:
    url = (await send(as_customer)).json()["url"]
    pairs = dict(pair.split("=") for pair in urlsplit(url).query.split("&"))
    if how == "left out":
        del pairs[part]
    else:
        pairs[part] = "thumbnail" if how == "changed" else ""
    answer = await client.get(urlsplit(url).path, params=pairs)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_an_address_opens_one_photo_only(as_customer: Caller, client: Caller) -> None:
    mine, other = [(await send(as_customer)).json() for _ in range(2)]
    assert (await client.get(mine["url"].replace(mine["id"], other["id"]))).status_code == 404
    assert (await client.get(mine["url"].replace(mine["id"], "not-an-id"))).status_code == 404
    assert (await client.get(f"{UPLOADS}/{mine['id']}/content")).status_code == 404


async def test_an_address_of_one_viewer_is_not_anothers(
    as_customer: Caller, caller_for: CallerFor, session: AsyncSession
) -> None:
    stranger = await caller_for(await make_customer(session))
    url = (await send(as_customer)).json()["url"]
    hers, his = str(as_customer.person.id), str(stranger.person.id)
    assert hers in url
    assert (await stranger.get(url.replace(hers, his))).status_code == 404


async def test_an_address_expires(as_customer: Caller, client: Caller, clock: Clock) -> None:
    url = (await send(as_customer)).json()["url"]
    clock.advance(minutes=5)
    assert (await client.get(url)).status_code == 200
    clock.advance(minutes=5)
    assert (await client.get(url)).status_code == 404


async def test_a_photo_that_was_deleted_is_gone(
    as_customer: Caller, client: Caller, store: ObjectStore
) -> None:
    body = (await send(as_customer)).json()
    photo_id = UUID(body["id"]).hex
    await store.delete(f"photos/{photo_id[:2]}/{photo_id}/full.jpg")
    assert (await client.get(body["url"])).status_code == 404
    assert (await client.get(body["thumbnail_url"])).status_code == 200


async def test_ten_customers_upload_at_once(live: Live) -> None:
    async with live.sessions.begin() as session:
        customers = [await make_customer(session) for _ in range(10)]
    callers = [await live.caller_for(each) for each in customers]
    answers = await asyncio.gather(*(send(caller, photo(size=(3000, 2000))) for caller in callers))
    assert [answer.status_code for answer in answers] == [201] * 10
    seen = await asyncio.gather(*(live.anonymous().get(answer.json()["thumbnail_url"]) for answer in answers))
    assert {opened(answer.content).size for answer in seen} == {(320, 213)}
    for caller in callers:
        await caller.aclose()
    async with live.sessions() as session:
        assert await rows(session) == 10
