"""The fault presets of the demo as mixes of the sandbox's rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tests.harness.sandbox import Do, Sandbox


@dataclass(frozen=True)
class Rule:
    """A fault of sends, or of callbacks where it names their event."""

    do: Do
    probability: float
    event: str | None = None
    times: int | None = None
    # Its consequences last half a minute: only for runs of a minute.
    long: bool = False


_REPORTS = "TEMPLATESENDJOBFINISH"

PRESETS: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        "微信繁忙": (
            Rule({"errcode": -1}, 0.2),
            Rule({"http": 502}, 0.1),
            Rule({"slow": 300}, 0.3),
            Rule("drop_after_accept", 0.05),
            Rule({"errcode": 45011}, 0.02, times=3, long=True),
        ),
        "令牌风暴": (
            Rule("token_revoked", 0.05, times=5),
            Rule("token_flap", 0.03, times=2, long=True),
            Rule("token_storm", 0.05, times=6, long=True),
        ),
        "额度用尽": (Rule({"errcode": 45009}, 0.1),),
        "用户拒收": (
            Rule({"refuse_user": 43004}, 0.08),
            Rule({"refuse_user": 43019}, 0.04),
            Rule({"job_failed": "failed:user block"}, 0.08),
            Rule({"review": {"deliver_after_s": 1, "approve": True}}, 0.1),
            Rule("block_content", 0.03),
        ),
        "回调重复乱序": (
            Rule({"cb_duplicate": 2}, 0.5, event=_REPORTS),
            Rule({"cb_delay": 1}, 0.5, event=_REPORTS),
            Rule("event_before_response", 0.3),
        ),
    }
)


async def turn_on(sandbox: Sandbox, name: str, *, long: bool) -> None:
    for rule in PRESETS[name]:
        if rule.long and not long:
            continue
        event = {"event": rule.event} if rule.event else {}
        await sandbox.fault(rule.do, times=rule.times, probability=rule.probability, **event)
