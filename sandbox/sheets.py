"""The consent sheet of a mini-program or page, and the switches in the settings of service notices."""

from sandbox import consents, subscription_events
from sandbox.acts import Done
from sandbox.consents import Decision
from sandbox.people import Identity
from sandbox.records import Account
from sandbox.refusals import NotPossible
from sandbox.world import World

MOST = 5


def decide(
    world: World,
    account: Account,
    who: Identity,
    *,
    templates: list[str],
    decision: Decision | None,
    always: bool,
) -> Done:
    """wx.requestSubscribeMessage. Without a decision only what "always keep" holds is answered: who has to be
    asked first gets `popup` and no results."""
    wanted = _askable(account, templates)
    known = {template_id: consents.find(world.store, who, template_id) for template_id in wanted}
    kept = {t: c.always for t, c in known.items() if c is not None and c.always and not c.blocked}
    banned = [t for t, c in known.items() if c is not None and c.blocked]
    asked = [t for t in wanted if t not in kept and t not in banned]
    if asked and decision is None:
        return {"popup": True, "asked": asked, "results": {}}
    results: dict[str, str] = kept | dict.fromkeys(asked, decision or "reject")
    for template_id, result in results.items():
        chosen: Decision = "accept" if result == "accept" else "reject"
        consents.decide(world, who, template_id, chosen, always=always and template_id in asked)
    told = results if asked or world.settings.popup_event_when_kept else {}
    if told:
        subscription_events.popup(world, account, who, told)
    return {"popup": bool(asked), "asked": asked, "results": results | dict.fromkeys(banned, "reject")}


def _askable(account: Account, templates: list[str]) -> list[str]:
    wanted = list(dict.fromkeys(templates))
    if not 1 <= len(wanted) <= MOST:
        raise NotPossible(f"one to {MOST} templates")
    found = [account.template(template_id) for template_id in wanted]
    known = [t for t in found if t is not None and t.kind_in(account.kind) != "template"]
    if len(known) < len(wanted):
        raise NotPossible("not a subscription of this account")
    if len({template.title for template in known}) < len(known):
        raise NotPossible("templates with the same title cannot be asked for together")
    return wanted


def refuse(world: World, account: Account, who: Identity, template_id: str) -> Done:
    _must_have(account, template_id)
    consents.block(world, who, template_id, blocked=True)
    subscription_events.rejected(world, account, who, template_id)
    return {"blocked": True}


def allow(world: World, account: Account, who: Identity, template_id: str) -> Done:
    """Nobody is told of this."""
    _must_have(account, template_id)
    consents.block(world, who, template_id, blocked=False)
    world.hub.notify()
    return {"blocked": False}


def _must_have(account: Account, template_id: str) -> None:
    if account.template(template_id) is None:
        raise NotPossible("no such template in this account")
