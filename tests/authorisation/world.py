"""One ticket and everybody who might want something of it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from httpx import Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.domain.situation import Priority
from app.main import set_limits
from app.pages.assets import version as version_of_assets
from app.services.seed.membership import RULES as MEMBERSHIP
from tests.authorisation.table import WHO
from tests.evidence.jobs import SIGNED
from tests.harness.callers import Caller
from tests.tickets import bodies
from tests.tickets.photos import photo
from tests.tickets.story import SCORES, Story

APPID = "wx00000000000001"
NO_SUCH_TICKET = "HX2606150000000000"
# Codes that exist in this world: a badge's, a service point's and a link's.
LEVEL = {"first_response": {"seconds": 7200}, "next_response": None, "resolution": None}
NINE_TO_SIX = {"start": "09:00", "end": "18:00"}
ABSENCE = {"kind": "leave", "start": "2026-12-30T08:00:00+08:00", "end": "2026-12-31T18:00:00+08:00"}
WEBHOOK = {"url": "https://hooks.example.com/in", "events": ["submit"]}
TOKEN = {"name": "ERP", "scopes": ["tickets:read"], "expires_at": "2027-01-01T00:00:00+08:00"}
ENGINEER = {
    "username": "xin",
    "password": "a-long-new-password",
    "name": "新师傅",
    "phone": "13900139001",
    "employee_no": "E-NEW",
    "skills": ["家电安装"],
    "home": {"latitude": 31.2, "longitude": 121.5},
}
WORK = {
    "name": "新师傅",
    "phone": "13900139001",
    "skill_0": "true",
    "areas": "浦东新区",
    "home": "31.2304,121.4737",
}
NO_SUCH_LINK = "A-link-of-no-visit-at-all"
BADGE, POINT, LINK = "BADGE00001", "P00000000001", "L000000001"


@dataclass(frozen=True)
class World:
    story: Story
    callers: dict[str, Caller]
    photo_url: str
    connection: AsyncConnection
    ids: Mapping[str, str]

    @property
    def number(self) -> str:
        return self.story.number

    async def ask(self, who: str, operation: str, number: str | None = None) -> Response:
        """Calls the operation as ``who``, with a body that is valid, for this ticket or that of ``number``."""
        method, path = operation.split(" ")
        number = number or self.number
        version = await self.version()
        scene = POINT if "/points/" in path else BADGE
        path = (
            path.replace("{number}", number)
            .replace("{appid}", APPID)
            .replace("{alarm_id}", "4711")
            .replace("{trip_id}", "4711")
        )
        for name, value in self.ids.items():
            path = path.replace(f"{{{name}}}", value)
        path = path.replace("{item}", "tidy").replace("{piece_id}", str(UUID(int=7)))
        path = path.replace("{scene}", scene).replace("{code}", LINK).replace("{token}", NO_SUCH_LINK)
        path = (
            path.replace("{deed}", "updates")
            .replace("{event}", "reassign")
            .replace("{of}", version_of_assets())
        )
        path = path.replace("{name}", "h5.css").replace("{purpose}", "service")
        if path.endswith("/content"):
            path = self.photo_url
        words = _bodies(number, version, tuple(self.ids.items())).get(operation, {})
        return await self.callers[who].request(method, path, **words)

    async def version(self) -> int:
        found = await self.connection.execute(
            text("SELECT version FROM tickets WHERE number = :number"), {"number": self.number}
        )
        return int(found.scalar_one())

    async def everybody(self, operation: str) -> dict[str, int]:
        """The status that each caller gets; what one of them did is undone before the next one tries."""
        found = {}
        # How often somebody may try is of one process and undone by nobody.
        set_limits(self.callers["anonymous"].app)
        for who in WHO:
            async with self.undone():
                found[who] = (await self.ask(who, operation)).status_code
        return found

    @asynccontextmanager
    async def undone(self) -> AsyncIterator[None]:
        before = await self.connection.begin_nested()
        try:
            yield
        finally:
            await before.rollback()


@lru_cache(maxsize=4)
def _bodies(number: str, version: int, of: tuple[tuple[str, str], ...]) -> dict[str, dict[str, Any]]:
    """A valid one for each operation that takes any; ``of`` are the ids of everything else."""
    ids = dict(of)
    return {
        "POST /api/v1/tickets": {"json": bodies.report()},
        "POST /api/v1/tickets/{number}/transitions": {
            "json": {"event": "reassign", "version": version, "reason": "改派"}
        },
        "POST /api/v1/tickets/{number}/urgings": {"json": {"message": "请尽快"}},
        "POST /api/v1/tickets/{number}/urgings/answer": {"json": {"text": "师傅已在路上"}},
        "POST /api/v1/tickets/{number}/messages": {"json": {"text": "请问几点到"}},
        "POST /h5/tickets/{number}/messages": {"data": {"text": "请问几点到"}},
        "PUT /api/v1/tickets/{number}/rating": {"json": SCORES},
        "POST /h5/tickets/{number}/rating": {"data": SCORES},
        "POST /api/v1/tickets/{number}/contact-reveals": {"json": {"reason": "上门前联系"}},
        "POST /api/v1/attachments": {
            "files": {"file": ("a.jpg", photo(), "image/jpeg")},
            "data": {"ticket": number},
        },
        "POST /api/v1/attachments/videos": {
            "files": {"file": ("a.mp4", b"no video", "video/mp4")},
            "data": {"ticket": number},
        },
        "PATCH /api/v1/assets/{asset_id}": {"json": {"model": "KFR-50GW"}},
        "PUT /api/v1/assets/{asset_id}": {"json": {"model": "KFR-50GW"}},
        "PUT /api/v1/assets/{asset_id}/purchase-proof": {
            "json": {"attachment_id": ids["asset_id"], "purchased_on": "2026-01-05"}
        },
        "PUT /api/v1/assets/{asset_id}/purchase-verification": {
            "json": {"purchased_on": "2026-01-05", "reason": "发票"}
        },
        "PUT /api/v1/assets/{asset_id}/household": {"json": {"household_id": ids["household_id"]}},
        "POST /api/v1/households": {"json": {"name": "我家"}},
        "PUT /api/v1/households/{household_id}/owner": {"json": {"member_id": ids["member_id"]}},
        "POST /api/v1/asset-transfers": {"json": {"code": "L000000001"}},
        "POST /api/v1/household-members": {"json": {"code": "L000000001"}},
        "POST /api/v1/labels": {"json": {"text": "型号：KFR-35GW"}},
        "PUT /api/v1/tickets/{number}/warranty": {
            "json": {"cause": "goodwill", "state": "in", "reason": "老客户"}
        },
        "POST /api/v1/warranty-policies": {"json": {"version": "2027", "valid_from": "2027-01-01"}},
        "POST /api/v1/service-policies": {"json": {"levels": dict.fromkeys(Priority, LEVEL)}},
        "POST /api/v1/service-calendars": {"json": {"monday": [NINE_TO_SIX]}},
        "PUT /api/v1/tickets/{number}/checklist/{item}": {"json": {"done": True}},
        "POST /api/v1/tickets/{number}/evidence/{piece_id}/withdraw": {"json": {"reason": "拍错了"}},
        "POST /api/v1/tickets/{number}/signature": {"json": {"strokes": SIGNED, "total_fen": 0}},
        "POST /api/v1/tickets/{number}/completion-code": {"json": {"code": "123456", "total_fen": 0}},
        "POST /api/v1/webhooks": {"json": WEBHOOK},
        "POST /api/v1/hotline/caller-lookups": {"json": {"phone": "13800138000"}},
        "POST /api/v1/customers/{customer_id}/points": {"json": {"change": 10, "reason": "活动补分"}},
        "POST /console/tickets/{number}/points": {"data": {"change": "10", "reason": "活动补分"}},
        "POST /api/v1/membership/rules": {"json": MEMBERSHIP.model_dump(mode="json")},
        "POST /api/v1/teams": {"json": {"name": "夜班组"}},
        "PUT /api/v1/teams/{team_id}": {"json": {"name": "夜班组"}},
        "POST /api/v1/routing/rules": {"json": {"rules": [{"name": "全部", "team_id": ids["team_id"]}]}},
        "POST /api/v1/routing/try": {"json": {"number": number}},
        "PUT /api/v1/routing/presence": {"json": {"presence": "online"}},
        "POST /api/v1/tickets/{number}/route": {"json": {"team_id": ids["team_id"], "reason": "专业对口"}},
        "POST /api/v1/api-tokens": {"json": TOKEN},
        "POST /api/v1/partner/tickets": {"json": bodies.report(external_reference="ERP-1")},
        "GET /api/v1/partner/tickets": {"params": {"external_reference": "ERP-1"}},
        "PATCH /api/v1/webhooks/{endpoint_id}": {"json": {"state": "paused"}},
        "POST /api/v1/webhooks/{endpoint_id}/replays": {"json": {"since": "2026-06-15T00:00:00+08:00"}},
        "POST /api/v1/assets": {"json": {"category": "空调"}},
        "PUT /api/v1/me/phone": {"json": {"phone": "13800138001"}},
        "PUT /api/v1/me/preferences": {"json": {"visit_notes": "请先按门铃"}},
        "PUT /api/v1/me/profile": {"json": {"nickname": "小王"}},
        "POST /api/v1/me/privacy/consents": {
            "json": {"purpose": "public_reviews", "version": 1, "given": False, "source": "h5"}
        },
        "POST /api/v1/consent-texts": {"json": {"purpose": "service", "text": "我们需要您的电话和地址。"}},
        "GET /api/v1/customers": {"params": {"number": number}},
        "GET /api/v1/customers/{customer_id}/merge-preview": {"params": {"into": ids["into"]}},
        "POST /api/v1/customer-merges": {
            "json": {"customer_id": ids["customer_id"], "into": ids["into"], "reason": "同一人"}
        },
        "POST /api/v1/customer-merges/{merge_id}/undo": {"json": {"reason": "弄错了"}},
        "POST /api/v1/content-checks/{check_id}/decide": {"json": {"decision": "pass", "reason": "正常"}},
        "POST /api/v1/engineers": {"json": ENGINEER | {"service_point_id": ids["service_point_id"]}},
        "PATCH /api/v1/engineers/{engineer_id}": {"json": {"name": "陈大师傅"}},
        "POST /api/v1/engineers/{engineer_id}/leave": {"json": {"reason": "回老家"}},
        "POST /console/engineers": {
            "data": {"username": "xin", "password": "a-long-new-password", "employee_no": "E-NEW"}
            | WORK
            | {"service_point_id": ids["service_point_id"]}
        },
        "POST /console/engineers/{engineer_id}": {"data": WORK},
        "POST /console/engineers/{engineer_id}/leave": {"data": {"reason": "回老家"}},
        "PUT /api/v1/engineers/{engineer_id}/shift-pattern": {"json": {"monday": [NINE_TO_SIX]}},
        "GET /api/v1/engineers/{engineer_id}/rosters": {"params": {"from": ids["day"], "to": ids["day"]}},
        "PUT /api/v1/engineers/{engineer_id}/rosters/{day}": {"json": {"spans": [NINE_TO_SIX]}},
        "POST /api/v1/engineers/{engineer_id}/absences": {"json": ABSENCE},
        "PUT /api/v1/engineers/{engineer_id}/licences": {"json": {"items": [{"licence": "电工"}]}},
        "POST /api/v1/contractors": {"json": {"name": "滇池家电"}},
        "PATCH /api/v1/contractors/{contractor_id}": {"json": {"active": False}},
        "POST /api/v1/contractors/{contractor_id}/terms": {
            "json": {"valid_from": ids["day"], "service_types": ["repair"], "warranties": ["out"]}
        },
        "PUT /api/v1/customers/{customer_id}/engineer-bans/{engineer_id}": {"json": {"reason": "态度不好"}},
        "PUT /api/v1/tickets/{number}/position": {"json": bodies.HOME},
        "PUT /api/v1/tickets/{number}/crew": {"json": {"people": 2}},
        "POST /api/v1/visit-answers": {"json": {"token": NO_SUCH_LINK, "answer": "confirm"}},
        "POST /h5/visits/{token}": {"data": {"answer": "confirm"}},
        "GET /api/v1/stock": {"params": {"kind": "point", "place_id": ids["service_point_id"]}},
        "POST /api/v1/stock/movements": {
            "json": {
                "kind": "receive",
                "place": {"kind": "point", "id": ids["service_point_id"]},
                "lines": [{"part_code": "AC-CAP", "quantity": 1}],
            }
        },
        "POST /api/v1/tickets/{number}/part-reservations": {"json": {"lines": [{"part_code": "AC-CAP"}]}},
        "POST /api/v1/incidents": {"json": {"ticket": number}},
        "POST /api/v1/incidents/{incident}/accept": {"json": {}},
        "POST /api/v1/incidents/{incident}/dismiss": {"json": {"reason": "停电"}},
        "POST /api/v1/incidents/{incident}/tickets": {"json": {"tickets": [number]}},
        "POST /api/v1/incidents/{incident}/tickets/{ticket}/detach": {"json": {"reason": "另一种故障"}},
        "POST /api/v1/incidents/{incident}/broadcasts": {"json": {"text": "正在抢修"}},
        "POST /api/v1/incidents/{incident}/updates": {"json": {"text": "已定位"}},
        "POST /api/v1/incidents/{incident}/resolve": {"json": {"solution": "已恢复"}},
        "PUT /api/v1/incidents/{incident}/review": {
            "json": {"cause": "停电", "course": "两小时", "better": "备用电源"}
        },
        "POST /api/v1/incidents/{incident}/review/decision": {"json": {"approved": True}},
        "POST /api/v1/incidents/{incident}/actions": {
            "json": {"text": "装备用电源", "owner_id": ids["engineer_id"], "due_on": ids["day"]}
        },
        "POST /api/v1/complaints/{case_id}/steps": {"json": {"kind": "call", "text": "已致电"}},
        "POST /api/v1/complaints/{case_id}/remedy": {"json": {"root_cause": "配件", "remedy": "免费更换"}},
        "POST /api/v1/complaints/{case_id}/close": {"json": {"reason": "重复"}},
        "POST /api/v1/tickets/{number}/complaint": {"json": {"text": "一直没人联系"}},
        "POST /api/v1/tickets/{number}/complaint/answer": {"json": {"solved": True}},
        "POST /api/v1/complaint-answers": {"json": {"token": NO_SUCH_LINK, "solved": True}},
        "POST /h5/complaints/{token}": {"data": {"solved": "true"}},
        "POST /api/v1/kpi/appeals": {"json": {"number": number, "measure": "on_time", "reason": "堵车"}},
        "POST /api/v1/kpi/appeals/{appeal_id}/decide": {"json": {"decision": "upheld", "note": "属实"}},
        "POST /api/v1/tickets/{number}/splits": {"json": {"fault": "冰箱也不制冷", "category": "冰箱"}},
        "POST /api/v1/follow-ups/{follow_up_id}/calls": {"json": {"outcome": "no_answer"}},
        "PUT /api/v1/me/follow-up-calls": {"json": {"allowed": False}},
        "PATCH /api/v1/part-orders/{order_id}": {"json": {"carrier": "顺丰"}},
        "GET /api/v1/dispatch/board": {
            "params": {"service_point_id": ids["service_point_id"], "day": ids["day"]}
        },
        "GET /api/v1/dispatch/plans": {
            "params": {"service_point_id": ids["service_point_id"], "day": ids["day"]}
        },
        "POST /api/v1/dispatch/plans": {
            "json": {"service_point_id": ids["service_point_id"], "day": ids["day"]}
        },
        "PUT /api/v1/holidays/{year}": {"json": {"items": [{"day": "2027-01-01", "name": "元旦"}]}},
        "POST /api/v1/me/inbox/read": {"json": {}},
        "POST /api/v1/me/consents": {
            "json": {"results": [{"template_id": "sub-ticket-progress", "result": "accept"}]}
        },
        "POST /api/v1/tickets/{number}/empty-trips/{trip_id}/waiver": {"json": {"reason": "临时住院"}},
        "POST /console/tickets/{number}/empty-trips/{trip_id}/waiver": {"data": {"reason": "临时住院"}},
        "POST /h5/inbox/read": {"data": {"up_to": "1"}},
        "POST /h5/appliances": {"data": {"category": "空调"}},
        "POST /h5/appliances/{asset_id}": {"data": {"model": "KFR-50GW"}},
        "POST /h5/appliances/{asset_id}/household": {"data": {"household_id": ids["household_id"]}},
        "POST /h5/households": {"data": {"name": "我家"}},
        "POST /h5/households/join": {"data": {"code": "BBBBBBBBBBBBBBBB"}},
        "POST /h5/preferences": {"data": {"visit_notes": "门铃坏了"}},
        "POST /h5/preferences/name": {"data": {"nickname": "李先生"}},
        "POST /h5/privacy/consents": {
            "data": {"purpose": "public_reviews", "version": "1", "given": "false"}
        },
        "POST /h5/privacy/deletion": {"data": {"understood": "yes"}},
        "POST /api/v1/sessions/mini-program": {"json": {"code": "wrong"}},
        "POST /api/v1/sessions/staff": {"json": {"username": "nobody", "password": "wrong"}},
        "POST /api/v1/sessions/staff/second-factor": {"json": {"challenge": "none", "code": "123456"}},
        "POST /api/v1/sessions/staff/second-factor/secret": {"json": {"challenge": "none"}},
        "PUT /api/v1/me/second-factor/secret": {"json": {"password": "wrong"}},
        "POST /api/v1/me/second-factor/proof": {"json": {"code": "123456"}},
        "PUT /api/v1/me/second-factor/recovery-codes": {"json": {"code": "123456"}},
        "POST /api/v1/me/second-factor/end": {"json": {"code": "123456"}},
        "PUT /api/v1/me/password": {"json": {"password": "wrong", "new_password": "a-long-new-password"}},
        "PUT /api/v1/second-factor-roles": {"json": {"roles": ["admin"]}},
        "POST /api/v1/staff": {
            "json": {"username": "xin", "password": "a-long-new-password", "name": "新人", "role": "agent"}
        },
        "PUT /api/v1/staff/{staff_id}/rights": {"json": {"role": "agent"}},
        "PUT /api/v1/staff/{staff_id}/password": {"json": {"password": "a-long-new-password"}},
        "POST /api/v1/staff/{staff_id}/second-factor/reset": {"json": {"reason": "手机丢失"}},
        "POST /h5/report": {"data": bodies.form()},
        "POST /h5/tickets/{number}/join": {"data": {"version": str(version), "into": "HX2606150000000000"}},
        "POST /api/v1/qr-scenes": {
            "json": {"purpose": "appliance_label", "appliance": {"brand": "美的", "model": "KFR-35"}}
        },
        "GET /api/v1/wechat/js-signature": {"params": {"url": "http://test/h5/"}},
        "POST /api/v1/price-lists": {"json": {}},
        "PUT /api/v1/price-lists/{version}": {"json": {"complaint_phone": "400-820-1237"}},
        "PUT /api/v1/price-lists/{version}/items/{code}": {
            "json": {"kind": "labour", "name": "检修工时", "unit_price_fen": 8000}
        },
        "POST /api/v1/price-lists/{version}/publish": {"json": {"valid_from": "2026-12-01"}},
        "PUT /api/v1/spend-limits": {"json": {"limit_fen": 200000}},
        "POST /api/v1/tickets/{number}/quotes/{version}/review": {"json": {"decision": "approve"}},
        "POST /h5/tickets/{number}/quote": {
            "data": {"decision": "approve", "version": str(version), "quote_version": "1"}
        },
        "POST /h5/tickets/{number}/events/{event}": {"data": {"version": str(version)}},
        "POST /console/tickets/{number}/events/{event}": {
            "data": {"version": str(version), "reason": "改派"}
        },
        "POST /field/tickets/{number}/events/{event}": {"data": {"version": str(version), "reason": "改派"}},
        "POST /field/tickets/{number}/quote": {
            "data": {"version": str(version), "code": "AC-GAS", "quantity": "1"}
        },
        "POST /field/tickets/{number}/reservations": {"data": {"part_code": "NONE"}},
        "POST /field/tickets/{number}/messages": {"data": {"text": "马上到"}},
        "POST /field/tickets/{number}/signature": {"data": {"total_fen": "0", "strokes": "[]"}},
        "POST /field/tickets/{number}/completion-code": {"data": {"total_fen": "0", "code": "123456"}},
        "POST /field/tickets/{number}/photos": {
            "files": {"file": ("a.jpg", photo(), "image/jpeg")},
            "data": {"purpose": "before"},
        },
        "POST /console/tickets/{number}/messages": {"data": {"text": "您好"}},
        "POST /console/tickets/{number}/ban": {
            "data": {"engineer_id": ids["engineer_id"], "reason": "态度不好"}
        },
        "POST /console/tickets/{number}/unban": {"data": {"engineer_id": ids["engineer_id"]}},
        "POST /console/tickets/{number}/contact": {"data": {"reason": "核对地址"}},
        "POST /console/calls/{follow_up_id}/calls": {"data": {"outcome": "no_answer"}},
        "POST /console/incidents": {"data": {"ticket": number}},
        "POST /console/incidents/{incident}/{deed}": {"data": {"text": "已定位"}},
        "POST /console/complaints/{case_id}/steps": {"data": {"kind": "call", "text": "已致电"}},
        "POST /console/complaints/{case_id}/remedy": {"data": {"root_cause": "配件", "remedy": "免费更换"}},
        "POST /console/complaints/{case_id}/close": {"data": {"reason": "重复"}},
        "POST /console/hotline": {"data": {"phone": "13800138000"}},
        "POST /console/hotline/tickets": {"data": bodies.form()},
        "POST /console/queue/presence": {"data": {"presence": "online"}},
        "PUT /console/queue/presence": {"data": {"presence": "online"}},
        "POST /console/dispatch/assign": {
            "params": {"ticket": number},
            "data": {"engineer_id": ids["engineer_id"], "version": str(version), "reason": "更近"},
        },
        "POST /console/dispatch/plans": {"data": {"point": ids["service_point_id"], "day": ids["day"]}},
        "POST /console/rosters/holidays": {"params": {"year": 2027}, "data": {"items": "2027-10-01 国庆节"}},
        "POST /console/rosters/{engineer_id}/pattern": {"data": {"monday": "09:00-18:00"}},
        "POST /console/rosters/{engineer_id}/days": {"data": {"day": ids["day"], "spans": "09:00-18:00"}},
        "POST /console/rosters/{engineer_id}/absences": {
            "data": {"kind": "leave", "start": "2026-12-28T08:00", "end": "2026-12-28T18:00"}
        },
        "POST /console/prices/limits": {"data": {"yuan": "2000"}},
        "POST /console/prices/{version}/items": {
            "data": {"code": "LABOUR-9", "kind": "labour", "name": "检修工时", "yuan": "80", "active": "true"}
        },
        "POST /console/prices/{version}/terms": {"data": {"complaint_phone": "12315"}},
        "POST /console/prices/{version}/publish": {"data": {"valid_from": "2026-12-01"}},
        "POST /console/kpi/appeals/{appeal_id}/decide": {"data": {"decision": "upheld", "note": "属实"}},
        "POST /console/staff/{staff_id}/password": {"data": {"password": "a-long-new-password"}},
        "POST /console/settings/calendars": {"data": {"monday": "09:00-18:00"}},
        "POST /console/settings/policies": {"data": {"normal_first_response": "120"}},
        "POST /console/settings/membership": {
            "data": {
                "window_days": "365",
                "confirmed": "50",
                "level_0_code": "standard",
                "level_0_name": "普通会员",
            }
        },
        "POST /console/settings/routing/teams": {"data": {"name": "夜班组"}},
        "POST /console/settings/routing/rules": {"data": {"r0_name": "全部", "r0_team": ids["team_id"]}},
        "POST /console/settings/webhooks": {"data": {"url": WEBHOOK["url"]}},
        "POST /console/settings/webhooks/{endpoint_id}/state": {"data": {"state": "paused"}},
        "POST /console/settings/webhooks/{endpoint_id}/replays": {"data": {"since": "2026-06-15T00:00"}},
        "POST /console/settings/tokens": {
            "data": {"name": "ERP", "scopes": "tickets:read", "expires_at": "2027-01-01T00:00"}
        },
        "POST /api/v1/template-trials": {"json": {"kind": "staff_notice", "openid": "o-nobody"}},
        "POST /console/templates/trials": {"data": {"kind": "staff_notice", "openid": "o-nobody"}},
        "POST /console/deliveries/replay": {"data": {"ids": "1"}},
        "GET /oauth/official-account/callback": {"params": {"code": "a", "state": "b"}},
    }


def told(answer: Response) -> dict[str, Any]:
    """All that an answer says, but for what differs between any two answers."""
    document: Any = answer.text
    if "json" in answer.headers["content-type"]:
        document = answer.json()
        document.pop("trace_id")
    headers = {name: value for name, value in answer.headers.items() if name != "x-trace-id"}
    return {"status": answer.status_code, "headers": headers, "body": document}
