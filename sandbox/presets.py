"""Kinds of bad weather, each a set of fault rules with a name that people understand."""

from dataclasses import dataclass, field

from sandbox.faults import Match
from sandbox.refusals import NotPossible
from sandbox.world import World

_TEMPLATE = "/cgi-bin/message/template/send"
_SUBSCRIBE = "/cgi-bin/message/subscribe/send"
_CUSTOM = "/cgi-bin/message/custom/send"
_SENDS = (_TEMPLATE, _SUBSCRIBE, _CUSTOM)


@dataclass(frozen=True, slots=True)
class PresetRule:
    do: object
    match: Match = field(default_factory=Match)
    times: int | None = None


@dataclass(frozen=True, slots=True)
class Preset:
    name: str
    description: str
    rules: tuple[PresetRule, ...]


def _on(paths: tuple[str, ...], do: object, probability: float | None = None) -> tuple[PresetRule, ...]:
    return tuple(PresetRule(do, Match(path=path, probability=probability)) for path in paths)


PRESETS = (
    Preset("晴天", "一切正常：没有任何故障规则。", ()),
    Preset(
        "微信繁忙",
        "三成发送返回 -1“系统繁忙”，一成变慢 0.8 秒，少量 502 和分钟限频，偶尔已受理却断开连接（结果未知）。",
        (
            *_on(_SENDS, {"errcode": -1}, 0.3),
            *_on(_SENDS, {"slow": 800}, 0.1),
            *_on(_SENDS, {"http": 502}, 0.05),
            *_on((_TEMPLATE,), {"drop_after_accept": {}}, 0.03),
            *_on(_SENDS, {"errcode": 45011}, 0.02),
        ),
    ),
    Preset(
        "令牌风暴",
        "别的系统不断强制刷新：约每五十次调用就有一次令牌被吊销，另有少量“刚才无效、马上又好”的 40001。",
        (
            PresetRule({"token_revoked": {}}, Match(probability=0.02), 1_000_000),
            PresetRule({"token_flap": {}}, Match(probability=0.02), 1_000_000),
        ),
    ),
    Preset(
        "额度用尽",
        "模板消息今天只剩 20 次、订阅消息 10 次、客服消息 10 次，之后返回 45009，直到北京时间零点。",
        (
            PresetRule({"quota": {"path": _TEMPLATE, "left": 20}}),
            PresetRule({"quota": {"path": _SUBSCRIBE, "left": 10}}),
            PresetRule({"quota": {"path": _CUSTOM, "left": 10}}),
        ),
    ),
    Preset(
        "用户拒收",
        "用户中途取关（43004 并推送取关事件）、拒绝订阅（43101）、拉黑（43019），或在手机上关闭了通知。",
        (
            *_on((_TEMPLATE,), "unsubscribed_midway", 0.05),
            *_on((_TEMPLATE,), {"refuse_user": 43019}, 0.05),
            *_on((_TEMPLATE,), {"job_failed": "failed:user block"}, 0.15),
            *_on((_SUBSCRIBE,), {"refuse_user": 43101}, 0.4),
            *_on((_CUSTOM,), {"errcode": 45015}, 0.3),
        ),
    ),
    Preset(
        "回调重复乱序",
        "每个回调都可能重复两次，先后颠倒，晚到数秒；JSON 列表有时是对象；送达事件可能比发送应答还早。",
        (
            PresetRule({"cb_duplicate": 2}, Match(probability=0.5)),
            PresetRule({"cb_out_of_order": 2}),
            PresetRule({"cb_delay": 3}, Match(probability=0.1)),
            PresetRule("cb_list_as_object", Match(probability=0.5)),
            PresetRule("event_before_response", Match(probability=0.2)),
        ),
    ),
)


def find(name: str) -> Preset:
    # The names people write for it.
    wanted = name.replace("+", "").replace("/", "")
    preset = next((preset for preset in PRESETS if preset.name == wanted), None)
    if preset is None:
        raise NotPossible(f"unknown preset; known: {'、'.join(p.name for p in PRESETS)}")
    return preset


def apply(world: World, preset: Preset) -> None:
    world.faults.clear()
    for rule in preset.rules:
        world.faults.add(rule.match, rule.do, rule.times, preset.name)


def active(world: World) -> str:
    """The preset whose rules are in force; "" when there are others. A rule that is spent is no weather."""
    names = {rule.preset for rule in world.faults.rules if rule.left != 0}
    if not names:
        return PRESETS[0].name
    return names.pop() if len(names) == 1 else ""
