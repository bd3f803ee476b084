"""An air conditioner that does not cool, from the customer's report to the engineer's figures."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from app.cli.tour.api import Json, Person
from app.cli.tour.failures import Refused, TourFailed
from app.cli.tour.guide import TICKETS, Guide
from app.cli.tour.picture import photo
from app.domain.guards import may_set_out
from app.domain.zone import ZONE

# The worker may have been killed in the middle of it.
PATIENCE = 120.0
FAULT = "客厅空调开了半小时，吹出来还是热风，一点都不制冷，外机好像不转"
ADDRESS = {
    "province": "云南省",
    "city": "昆明市",
    "district": "五华区",
    "detail": "人民中路 128 号 翠湖雅苑 3 栋 1802",
    "latitude": 25.0436,
    "longitude": 102.7065,
}
# The call, a capacitor, and the refrigerant that was missing.
WORK = frozenset({"CALL-OUT", "AC-P-CAP", "AC-P-R32", "AC-L-GAS"})
SCORES = {"attitude": 5, "expertise": 5, "timeliness": 4, "conduct": 5}
COMMENT = "师傅来得快，讲得清楚，走的时候还收拾干净了。"


async def play(guide: Guide, password: str) -> None:
    await guide.phones.begin()
    await guide.open_desk(password)
    customer = await _report(guide)
    engineer = await _dispatch(guide, password)
    before = await _figures(guide)
    await _agree_on_a_time(guide, customer)
    engineer = await set_out(guide, engineer, password)
    await _come(guide, customer, engineer)
    await _repair(guide, customer, engineer)
    await _rate(guide, customer)
    await guide.conclude()
    guide.result.kpi_before = before.get(guide.result.engineer)
    guide.result.kpi_after = (await _figures(guide)).get(guide.result.engineer)


async def _report(guide: Guide) -> Person:
    customer = await guide.sign_in_customer()
    await guide.done("客户微信登录", customer.name)
    picture = await guide.upload(customer, photo("report"))
    appliance = await _appliance(guide, customer)
    body = appliance | {
        "service_type": "repair",
        "fault": FAULT,
        "contact": {"name": customer.name or "林女士", "phone": "13800000001"},
        "address": ADDRESS,
        "preferred_windows": [coming_hours(datetime.now(ZONE))],
        "attachment_ids": [picture],
    }
    ticket = await guide.api.post(TICKETS, customer, body, key=str(uuid.uuid4()))
    guide.phones.number = guide.result.ticket = ticket["number"]
    await guide.done("客户报修：空调不制冷，附照片一张", ticket["number"])
    guide.stage.say(f"    已告知客户：{ticket['promise']}")
    return customer


async def _appliance(guide: Guide, customer: Person) -> Json:
    """The one that is long out of warranty, so that the work has its price."""
    assets = (await guide.api.get("/api/v1/assets", customer))["items"]
    mine = [a for a in assets if a["category"] == "空调" and a["warranty"] != "in"]
    return {"asset_id": mine[0]["id"]} if mine else {"category": "空调"}


def coming_hours(now: datetime) -> dict[str, str]:
    start = now.replace(second=0, microsecond=0)
    return {"start": start.isoformat(), "end": (start + timedelta(hours=2)).isoformat()}


async def _dispatch(guide: Guide, password: str) -> Person:
    """Offers may run out while processes are down; the story goes on with whoever is asked next."""
    for attempt in range(3):
        card = await guide.phones.wait_for_offer(attempt, PATIENCE)
        await _explain(guide)
        engineer = await guide.sign_in(card.user_id, password)
        try:
            ticket = await guide.move(engineer, "accept")
        except Refused as refusal:
            if refusal.code not in ("blocked", "event_not_possible", "not_found"):
                raise
            continue
        guide.result.engineer = ticket["engineer"]["employee_no"]
        await guide.done("工程师接单", f"{engineer.name} {ticket['engineer']['employee_no']}")
        return engineer
    raise TourFailed("三位工程师都没有接到单。")


async def _explain(guide: Guide) -> None:
    seen = await guide.see(guide.agent)
    found, offers = (
        seen["diagnosis"],
        (await guide.api.get(f"{guide.ticket}/dispatch", guide.agent))["offers"],
    )
    await guide.done("系统分诊并派单", f"{found['category']}·{found['fault']}·{found['urgency']}")
    guide.stage.say(f"    可能用到的配件：{'、'.join(found['parts'] or ()) or '—'}")
    guide.stage.say(f"    派给 {offers[-1]['name']}：{'；'.join(offers[-1]['reasons'])}")
    for other in offers[-1]["runners_up"]:
        guide.stage.say(f"    其次 {other['name']}：{other['reasons'][-1]}")


async def _agree_on_a_time(guide: Guide, customer: Person) -> None:
    """The first recommended window for which the engineer may set out now; late in the day it is the next hours."""
    found = await guide.api.get(f"{guide.ticket}/slots", customer)
    slots = found["items"]
    guide.stage.say(f"    预约前已告知客户：{found['call_out']['text']}")
    now = datetime.now(ZONE)
    offered = [_window(slot) for slot in slots if may_set_out(datetime.fromisoformat(slot["start"]), now)]
    for window in [*offered, coming_hours(now)]:
        try:
            await guide.move(customer, "book", window=window)
        except Refused as refusal:
            if refusal.code != "slot_taken":
                raise
            continue
        await guide.done("客户预约上门时间", _spoken(window))
        for slot in slots:
            guide.stage.say(f"    推荐 {_spoken(_window(slot))}：{slot['reason']}")
        return
    raise TourFailed("工程师现在没有可约的时段。")


def _window(slot: Json) -> dict[str, str]:
    return {"start": slot["start"], "end": slot["end"]}


def _spoken(window: dict[str, str]) -> str:
    start, end = (datetime.fromisoformat(window[side]).astimezone(ZONE) for side in ("start", "end"))
    return f"{start.month}月{start.day}日 {start:%H:%M}–{end:%H:%M}"


async def set_out(guide: Guide, engineer: Person, password: str) -> Person:
    """Whoever comes by now: until he sets out, the planner may send somebody else."""
    while True:
        coming = (await guide.see(guide.agent))["engineer"]
        if coming["employee_no"] != guide.result.engineer:
            phone = await guide.phones.wait_for_phone_of(coming["name"], PATIENCE)
            engineer = await guide.sign_in(phone, password)
            guide.result.engineer = coming["employee_no"]
            guide.stage.say(f"    行程调整：改由{engineer.name} {coming['employee_no']} 上门")
        try:
            await guide.move(engineer, "depart", latitude=25.0462, longitude=102.7043)
        except Refused as refusal:
            # Not his any more, since we asked.
            now = (await guide.see(guide.agent))["engineer"]
            if refusal.code != "not_found" or now == coming:
                raise
            continue
        await guide.done("工程师出发")
        return engineer


async def _come(guide: Guide, customer: Person, engineer: Person) -> None:
    answer = await _urge(guide, customer)
    await guide.done("客户催单")
    guide.stage.say(f"    答复客户：{answer['reason']}{answer['promise']}")
    door = {"latitude": ADDRESS["latitude"], "longitude": ADDRESS["longitude"]}
    await guide.move(engineer, "arrive", **door)
    await guide.done("工程师到达，定位核对无误")


async def _urge(guide: Guide, customer: Person) -> Json:
    try:
        return await guide.api.post(f"{guide.ticket}/urgings", customer, {"message": "师傅到哪儿了？"})
    except Refused as refusal:
        # Heard the first time, though the answer was lost: the ticket carries the promise.
        if not await guide.has_happened("urged"):
            raise refusal
        return {"reason": "已收到您的催促。", "promise": (await guide.see(customer))["promise"]}


async def _repair(guide: Guide, customer: Person, engineer: Person) -> None:
    prices = (await guide.api.get("/api/v1/price-items?category=空调", engineer))["items"]
    lines = [{"code": item["code"], "quantity": 1} for item in _priced(prices)]
    quoted = (await guide.move(engineer, "quote", lines=lines))["quote"]
    await guide.done("工程师报价", f"{quoted['total_fen'] / 100:.2f} 元")
    for line in quoted["lines"]:
        guide.stage.say(f"    {line['name']} ×{line['quantity']}：{line['amount_fen'] / 100:.2f} 元")
    approved = (await guide.move(customer, "approve_quote", quote_version=quoted["version"]))["quote"]
    await guide.done("客户同意报价")
    for purpose in ("before", "after"):
        await guide.upload(engineer, photo(purpose), ticket=guide.phones.number, purpose=purpose)
    await guide.move(
        engineer,
        "finish",
        fault_code="AC-F04 启动电容失效",
        solution="更换外机启动电容并补充制冷剂，连续运行二十分钟，出风 12 度",
        parts=[{"name": "启动电容 35μF", "quantity": 1}, {"name": "R32 制冷剂", "quantity": 1}],
        old_parts="returned_to_customer",
        charge_fen=approved["total_fen"],
    )
    await guide.done("工程师完工，前后照片各一张", f"收费 {approved['total_fen'] / 100:.2f} 元")
    await _receipt(guide, customer)


async def _receipt(guide: Guide, customer: Person) -> None:
    receipt = await guide.api.get(f"{guide.ticket}/receipt", customer)
    terms = "；".join(f"{each['name']} {each['days']} 天" for each in receipt["warranties"])
    guide.stage.say(
        f"    收据：实收 {receipt['total_fen'] / 100:.2f} 元，{receipt['old_parts']}。质保：{terms}"
    )


def _priced(prices: list[Json]) -> list[Json]:
    """What the work takes, from the published table; the first that there is, if it is another town's table."""
    return [item for item in prices if item["code"] in WORK] or prices[:1]


async def _rate(guide: Guide, customer: Person) -> None:
    body: dict[str, Any] = SCORES | {"comment": COMMENT}
    try:
        await guide.api.put(f"{guide.ticket}/rating", customer, body)
    except Refused as refusal:
        if refusal.code != "already_rated" or not refusal.repeated:
            raise
    await guide.done("客户评价", " ".join(f"{label}{stars}星" for label, stars in _starred()))


def _starred() -> list[tuple[str, int]]:
    return list(zip(("态度", "专业", "时效", "规范"), SCORES.values(), strict=True))


async def _figures(guide: Guide) -> dict[str, Json]:
    """Of every engineer, by his number: who comes is not certain before he sets out."""
    report = await guide.api.get("/api/v1/kpi/engineers", guide.agent)
    return {item["employee_no"]: item for item in report["items"]}
