"""What template and subscribe messages have in common: the rows of a card, and what may stand in them."""

from sandbox import fields, texts
from sandbox.calls import Call
from sandbox.errors import PlatformError
from sandbox.messages import CardRow
from sandbox.people import Identity
from sandbox.records import Template, TemplateField, TemplateKind
from sandbox.world import World


def template_of(call: Call, kind: TemplateKind) -> Template:
    template_id = call.text("template_id")
    if not template_id:
        raise PlatformError(40036 if kind == "template" else 40037)
    template = call.caller.template(template_id)
    if template is None or template.kind_in(call.caller.kind) != kind:
        raise PlatformError(40037)
    return template


def rows_of(template: Template, call: Call, *, blank: int = 47003) -> tuple[CardRow, ...]:
    """The card's rows; `first`, `remark`, colours and unknown names are dropped without a word.

    `blank` is the code for a value that is there and empty: reviewed template messages have one of their own.
    """
    data = call.body.get("data")
    if not isinstance(data, dict):
        raise PlatformError(47001)
    return tuple(CardRow(field.label, _value(data, field, blank)) for field in template.fields)


def _value(data: dict[str, object], field: TemplateField, blank: int) -> str:
    entry = data.get(field.name, {})
    if not isinstance(entry, dict):
        raise PlatformError(47001)
    value = entry.get("value")
    if value is not None and not isinstance(value, str):
        raise PlatformError(47001)
    if value is None or not value.strip():
        if value is None or blank == 47003:
            raise PlatformError(47003, f"argument invalid! data.{field.name}.value is empty")
        raise PlatformError(blank)
    if not fields.valid(field, value):
        raise PlatformError(47003, f"argument invalid! data.{field.name}.value invalid")
    return value


def text_of(rows: tuple[CardRow, ...]) -> str:
    return "\n".join(f"{row.label}：{row.value}" for row in rows)


def refuse_words(world: World, who: Identity, template: Template, rows: tuple[CardRow, ...]) -> None:
    """Advertisements are blocked and can be asked for afterwards; what is forbidden anyway is refused at once."""
    content = text_of(rows)
    texts.refuse_sensitive(content)
    if texts.marketing(content):
        note_blocked(world, who, template, rows)
        raise PlatformError(40249)


def note_blocked(world: World, who: Identity, template: Template, rows: tuple[CardRow, ...]) -> None:
    world.store.run(
        "INSERT INTO blocked_messages (appid, template_id, title, content, sent_at, openid)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        who.appid,
        template.id,
        template.title,
        text_of(rows),
        world.clock.now(),
        who.openid,
    )
    count_day(world, who.appid, template.id, blocked=1)


def count_day(
    world: World, appid: str, template_id: str, *, sent: int = 0, failed: int = 0, blocked: int = 0
) -> None:
    world.store.run(
        "INSERT INTO template_days VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (appid, template_id, day) DO UPDATE SET"
        " sent = sent + excluded.sent, failed = failed + excluded.failed, blocked = blocked + excluded.blocked",
        appid,
        template_id,
        world.clock.day(),
        sent,
        failed,
        blocked,
    )


def published(world: World, appid: str, page: str) -> bool:
    """An account without a list of pages is taken to have published every one."""
    mini = world.accounts.get(appid)
    return mini is not None and (not mini.pages or page.partition("?")[0].lstrip("/") in mini.pages)
