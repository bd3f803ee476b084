"""The templates that an account has, and how it gets and loses them."""

import secrets
from dataclasses import replace

from sandbox import defaults
from sandbox.calls import Call
from sandbox.errors import PlatformError
from sandbox.records import Template, TemplateField
from sandbox.world import World

MOST = 25
_SAMPLES = {
    "thing": "空调维修",
    "short_thing": "维修",
    "character_string": "HX20260105001",
    "phrase": "已派单",
    "name": "陈师傅",
    "number": "1",
    "letter": "A",
    "symbol": "+",
    "amount": "80元",
    "phone_number": "13800000001",
    "car_number": "粤A00001",
    "time": "2026年1月5日 14:00",
    "date": "2026年1月5日",
}


def list_all(_world: World, call: Call) -> dict[str, object]:
    """GET /cgi-bin/template/get_all_private_template."""
    mine = [t for t in call.caller.templates if t.kind_in(call.caller.kind) == "template"]
    return {
        "template_list": [
            {
                "template_id": template.id,
                "title": template.title,
                "primary_industry": "IT科技",
                "deputy_industry": "互联网|电子商务",
                "content": content(template),
                "example": example(template),
            }
            for template in mine
        ]
    }


def list_subscriptions(_world: World, call: Call) -> dict[str, object]:
    """GET /wxaapi/newtmpl/gettemplate: of a mini-program, or the notices of a service account."""
    wanted = "one_time" if call.caller.kind == "mini" else "notice"
    mine = [t for t in call.caller.templates if t.kind_in(call.caller.kind) == wanted]
    return {
        "errcode": 0,
        "errmsg": "ok",
        "data": [
            {
                "priTmplId": template.id,
                "title": template.title,
                "content": content(template),
                "example": example(template),
                # 2 is one time, 3 for ever.
                "type": 2,
                "keywordEnumValueList": [
                    {"keywordCode": f"{field.name}.DATA", "enumValueList": list(field.allowed)}
                    for field in template.fields
                    if field.allowed
                ],
            }
            for template in mine
        ],
    }


def content(template: Template) -> str:
    return "".join(f"{field.label}:{{{{{field.name}.DATA}}}}\n" for field in template.fields)


def example(template: Template) -> str:
    return "".join(f"{field.label}:{_sample(field)}\n" for field in template.fields)


def _sample(field: TemplateField) -> str:
    return field.allowed[0] if field.allowed else _SAMPLES.get(field.type, "示例")


def add(world: World, call: Call) -> dict[str, object]:
    """POST /cgi-bin/template/api_add_template: from the library, with the keywords that were chosen, in order."""
    entry = defaults.LIBRARY.get(call.text("template_id_short"))
    if entry is None:
        raise PlatformError(40037)
    chosen = call.body.get("keyword_name_list", [])
    if not isinstance(chosen, list):
        raise PlatformError(47001)
    account = call.caller
    if sum(t.kind_in(account.kind) == "template" for t in account.templates) >= MOST:
        raise PlatformError(45026)
    by_label = {field.label: field for field in entry.fields}
    if any(label not in by_label for label in chosen):
        raise PlatformError(40097)
    fields = tuple(by_label[label] for label in chosen) or entry.fields
    template = Template(secrets.token_urlsafe(32), entry.title, fields, "template")
    world.accounts.save(replace(account, templates=(*account.templates, template)))
    return {"errcode": 0, "errmsg": "ok", "template_id": template.id}


def delete(world: World, call: Call) -> dict[str, object]:
    """POST /cgi-bin/template/del_private_template."""
    account, template_id = call.caller, call.text("template_id")
    if account.template(template_id) is None:
        raise PlatformError(40037)
    kept = tuple(template for template in account.templates if template.id != template_id)
    world.accounts.save(replace(account, templates=kept))
    return {"errcode": 0, "errmsg": "ok"}


def list_blocked(world: World, call: Call) -> dict[str, object]:
    """POST /wxa/sec/queryblocktmplmsg."""
    largest, limit = call.body.get("largest_id", 0), call.body.get("limit", 100)
    if isinstance(largest, str) and largest.isdecimal():
        largest = int(largest)
    if not isinstance(largest, int) or not 0 <= largest < 2**63:
        raise PlatformError(40097)
    if not isinstance(limit, int) or not 1 <= limit <= 100:
        raise PlatformError(40097)
    rows = world.store.all(
        "SELECT * FROM blocked_messages WHERE appid = ? AND template_id = ? AND id > ? ORDER BY id LIMIT ?",
        call.caller.appid,
        call.text("tmpl_msg_id"),
        largest,
        limit,
    )
    listed = [
        {
            "id": str(row["id"]),
            "tmpl_msg_id": row["template_id"],
            "title": row["title"],
            "content": row["content"],
            "send_timestamp": int(row["sent_at"]),
            "openid": row["openid"],
        }
        for row in rows
    ]
    return {"errcode": 0, "errmsg": "ok", "msginfo": listed}
