"""What is promised at each level and who is told when it is at risk, published in versions."""

from collections.abc import Mapping

import asyncpg
from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from app.domain.actor import Actor
from app.domain.lifecycle import VIEWS, State
from app.domain.service_levels.policy import DECIDED, METRIC_LABELS, Audience, Metric
from app.domain.situation import PRIORITY_LABELS, Priority
from app.edge.given import Now, ReaderDep, WriterDep
from app.edge.routes import Routes
from app.pages.problem import CONSOLE
from app.routers.console.shell import AtDesk, LeaderAtDesk, back, show
from app.routers.forms import number, read, typed_in, whole, words
from app.routers.refused import MENDABLE_AT_DESK, NOTHING, Refused, refusal
from app.schemas.service_levels import ServicePolicyIn, ServicePolicyOut
from app.services.idempotency import Once, fingerprint
from app.services.service_levels.policies import list_policies, publish_policy

router = Routes(prefix=f"{CONSOLE}/settings/policies", include_in_schema=False)

_AUDIENCES = {Audience.OWNER: "负责人", Audience.MANAGERS: "主管"}
# Beside the steps that there are, so many may be added at once.
_NEW_STEPS = 2
_MOST_STEPS = 30


@router.get("")
async def current(actor: AtDesk, connection: ReaderDep, said: str = "") -> HTMLResponse:
    return await _page(connection, actor, said=said)


@router.post("")
async def publish(request: Request, actor: LeaderAtDesk, connection: WriterDep, now: Now) -> Response:
    """For what comes from now on; with ``apply_to_open`` for what is open as well."""
    typed = await typed_in(request)
    try:
        body = read(ServicePolicyIn, _said(typed))
        once = Once("service-policies", actor, None, fingerprint(body, now.isoformat()))
        async with whole(connection):
            await publish_policy(connection, body, once=once, now=now)
    except MENDABLE_AT_DESK as problem:
        return await _page(connection, actor, refused=refusal("policy", typed, problem))
    return back("settings/policies", "published")


def _said(typed: Mapping[str, str]) -> dict[str, object]:
    return {
        "levels": {level.value: _level(typed, level.value) for level in Priority},
        "steps": [_step(typed, n) for n in range(_MOST_STEPS) if typed.get(f"step_{n}_name", "").strip()],
        "apply_to_open": typed.get("apply_to_open") == "true",
    }


def _level(typed: Mapping[str, str], level: str) -> dict[str, object]:
    said: dict[str, object] = {}
    for metric in Metric:
        minutes = number(typed.get(f"{level}_{metric}", ""))
        seconds = minutes * 60 if isinstance(minutes, int) else minutes
        always = typed.get(f"{level}_{metric}_always") == "true"
        said[metric.value] = None if seconds is None else {"seconds": seconds, "always": always}
    said["pauses"] = [state.value for state in sorted(DECIDED) if typed.get(f"{level}_{state}") == "true"]
    said["task_force"] = typed.get(f"{level}_task_force") == "true"
    return said


def _step(typed: Mapping[str, str], n: int) -> dict[str, object]:
    def of(name: str) -> str:
        return typed.get(f"step_{n}_{name}", "").strip()

    minutes, urged = number(of("offset")), number(of("urged"))
    return {
        "name": of("name"),
        "metric": of("metric"),
        "offset": minutes * 60 if isinstance(minutes, int) else minutes,
        "to": of("to"),
        "priorities": [p.value for p in Priority if PRIORITY_LABELS[p] in words(of("priorities"))],
        "states": [s.value for s in State if VIEWS[s].name in words(of("states"))],
        "unowned": of("unowned") == "true",
        "urged": 0 if urged is None else urged,
    }


async def _page(
    connection: asyncpg.Connection, actor: Actor, *, said: str = "", refused: Refused = NOTHING
) -> HTMLResponse:
    versions = await list_policies(connection)
    return show(
        "settings/policies",
        actor,
        said=said,
        policy=versions[0],
        versions=versions[1:],
        levels={level.value: PRIORITY_LABELS[level] for level in Priority},
        metrics={metric.value: label for metric, label in METRIC_LABELS.items()},
        pauses={state.value: VIEWS[state].name for state in sorted(DECIDED)},
        audiences=[(each.value, label) for each, label in _AUDIENCES.items()],
        steps=range(min(_MOST_STEPS, len(versions[0].steps) + _NEW_STEPS)),
        refused=refused,
        typed=refused.over("policy", _standing(versions[0])),
    )


def _standing(policy: ServicePolicyOut) -> dict[str, object]:
    found: dict[str, object] = {}
    for level in Priority:
        terms = getattr(policy.levels, level.value)
        for metric in Metric:
            if (target := getattr(terms, metric.value)) is not None:
                found[f"{level}_{metric}"] = target.seconds // 60
                found[f"{level}_{metric}_always"] = target.always
        found |= {f"{level}_{state}": True for state in terms.pauses}
        found[f"{level}_task_force"] = terms.task_force
    for n, step in enumerate(policy.steps):
        found |= {
            f"step_{n}_name": step.name,
            f"step_{n}_metric": step.metric.value,
            f"step_{n}_offset": step.offset // 60,
            f"step_{n}_to": step.to.value,
            f"step_{n}_priorities": "、".join(PRIORITY_LABELS[p] for p in step.priorities),
            f"step_{n}_states": "、".join(VIEWS[s].name for s in step.states),
            f"step_{n}_unowned": step.unowned,
            f"step_{n}_urged": step.urged or "",
        }
    return found
