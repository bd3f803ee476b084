"""A run of the tests: servers for all of its workers, and the order in which the tests begin.

The fixtures are in ``tests/fixtures.py``. Who only hands the tests out to workers does without them, and without all
of the service that they import: its workers begin some seconds earlier, and the servers start meanwhile.
"""

import os
from collections.abc import Generator
from importlib import import_module
from itertools import islice

import pytest

from tests.harness.servers import ROOT, Announcement, start_servers

_ANNOUNCEMENT = pytest.StashKey[Announcement]()


def pytest_configure(config: pytest.Config) -> None:
    if getattr(config.option, "numprocesses", None) and not hasattr(config, "workerinput"):
        announcement = config.stash[_ANNOUNCEMENT] = Announcement()
        config.add_cleanup(announcement.withdraw)
    else:
        config.pluginmanager.import_plugin("tests.fixtures")


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """On a new checkout the workers share out the compiling of the tests; each would do all of it otherwise."""
    given = getattr(session.config, "workerinput", None)
    whole = session.config.args == session.config.getini("testpaths")
    if given and whole:
        modules = sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py"))
        for path in modules[int(given["workerid"].removeprefix("gw")) :: given["workercount"]]:
            import_module(".".join(path.with_suffix("").parts))


@pytest.hookimpl(wrapper=True)
def pytest_sessionstart(session: pytest.Session) -> Generator[None]:
    yield
    announcement = session.config.stash.get(_ANNOUNCEMENT, None)
    # Its workers are on their way by now, and wait for its word when a test first needs a server.
    if announcement is not None:
        servers = start_servers()
        session.config.add_cleanup(servers.stop)
        announcement.make(servers)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What may take longest begins first, so that at the end nobody waits for it.

    Each worker of a parallel run is given one piece of the list, in one piece because files share their fixtures.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    long = sorted(filter(_patience, items), key=_patience, reverse=True)
    others = iter([item for item in items if not _patience(item)])
    dealt: list[pytest.Item] = []
    for worker in range(workers):
        begun = long[worker::workers]
        size = (len(items) - len(dealt)) // (workers - worker)
        dealt += [*begun, *islice(others, max(0, size - len(begun)))]
    items[:] = [*dealt, *others]


def _patience(item: pytest.Item) -> float:
    mark = item.get_closest_marker("timeout")
    return float(mark.args[0]) if mark else 0.0
