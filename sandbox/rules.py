"""Control of what goes wrong: fault rules, presets, and how many people suffer it."""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox import mass, presets
from sandbox.answers import Json, world_of
from sandbox.control_bodies import Crowd, NewFault, PresetChoice
from sandbox.faults import Match
from sandbox.mass import Tally
from sandbox.refusals import Unknown


async def add_fault(request: Request) -> Response:
    world, body = world_of(request), NewFault.model_validate_json(await request.body())
    with world.store.writing():
        rule = world.faults.add(Match(**body.match.model_dump()), body.do, body.times)
    return Json(rule, 201)


async def list_faults(request: Request) -> Response:
    return Json({"items": world_of(request).faults.rules})


async def clear_faults(request: Request) -> Response:
    with world_of(request).store.writing():
        world_of(request).faults.clear()
    return Response(status_code=204)


async def remove_fault(request: Request) -> Response:
    with world_of(request).store.writing():
        removed = world_of(request).faults.remove(request.path_params["rule_id"])
    if not removed:
        raise Unknown("no such rule")
    return Response(status_code=204)


async def list_presets(request: Request) -> Response:
    active = presets.active(world_of(request))
    listed = [{**asdict(preset), "active": preset.name == active} for preset in presets.PRESETS]
    return Json({"items": listed})


async def choose_preset(request: Request) -> Response:
    world, body = world_of(request), PresetChoice.model_validate_json(await request.body())
    preset = presets.find(body.name)
    with world.store.writing():
        presets.apply(world, preset)
    return Json({"name": preset.name, "description": preset.description, "faults": world.faults.rules})


async def make_crowd(request: Request) -> Response:
    world, body = world_of(request), Crowd.model_validate_json(await request.body())
    with world.store.writing():
        mass.make(world, body.users, templates=body.consents, each=body.each, events=body.events)
    return _shown(mass.tallies(world), 201)


async def show_crowd(request: Request) -> Response:
    return _shown(mass.tallies(world_of(request)))


def _shown(tallies: list[Tally], status: int = 200) -> Response:
    sums = {
        "users": len(tallies),
        "delivered": sum(tally.delivered for tally in tallies),
        "failed": sum(tally.failed for tally in tallies),
        "pending": sum(tally.pending for tally in tallies),
    }
    return Json({"items": tallies, **sums}, status)


async def clear_crowd(request: Request) -> Response:
    world = world_of(request)
    with world.store.writing():
        return Json({"removed": mass.clear(world)})


ROUTES = [
    Route("/faults", add_fault, methods=["POST"]),
    Route("/faults", list_faults, methods=["GET"]),
    Route("/faults", clear_faults, methods=["DELETE"]),
    Route("/faults/{rule_id:int}", remove_fault, methods=["DELETE"]),
    Route("/presets", list_presets, methods=["GET"]),
    Route("/presets", choose_preset, methods=["POST"]),
    Route("/mass", make_crowd, methods=["POST"]),
    Route("/mass", show_crowd, methods=["GET"]),
    Route("/mass", clear_crowd, methods=["DELETE"]),
]
