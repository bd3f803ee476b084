"""A database cluster for a house, with the schema in it: to make and migrate one takes seconds, a copy does not."""

import shutil
from pathlib import Path

from devstack.postgres import NAME, Postgres
from devstack.state import State
from tests.harness.alone import alone
from tests.harness.databases import ensure_template, template_name
from tests.harness.servers import ROOT

MADE = ROOT / ".huixiang" / "cluster"


async def provide(state: State) -> None:
    """Where ``state`` has none yet, a copy of the one that is made once for all houses of this checkout."""
    wanted = state.root / "pg"
    if wanted.exists():
        return
    with alone(MADE):
        made = MADE / template_name()
        if not made.exists():
            await _make(made)
    # Where root needs another account for it, it is kept in a place of its own, and each house makes one.
    if (made / "pg").exists():
        draft = wanted.with_name("pg.copy")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(made / "pg", draft)
        state.remember("secrets", NAME, State(made).secret(NAME))
        draft.rename(wanted)


async def _make(made: Path) -> None:
    draft = State(made.with_suffix(".new"))
    shutil.rmtree(draft.root, ignore_errors=True)
    draft.acquire()
    postgres = Postgres(draft)
    try:
        postgres.start()
        await ensure_template(postgres.url)
    finally:
        postgres.stop()
        draft.release()
    for older in MADE.glob("hx_template_*"):
        if older != draft.root:
            shutil.rmtree(older)
    draft.root.rename(made)
