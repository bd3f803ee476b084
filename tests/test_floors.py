"""Imports go down only: each floor may use the floors below it, and nothing else of ours."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("app", "devstack", "sandbox", "tests", "bench", "migrations", "clients")


@dataclass(frozen=True)
class Import:
    path: Path
    line: int
    module: str
    inside_function: bool

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line} imports {self.module}"

    def within(self, *packages: str) -> bool:
        return any(self.module == package or self.module.startswith(package + ".") for package in packages)

    @property
    def is_ours(self) -> bool:
        return self.within(*OURS)


@lru_cache
def imports(folder: str) -> tuple[Import, ...]:
    return tuple(each for path in sorted((ROOT / folder).rglob("*.py")) for each in of_file(path))


@cache
def of_file(path: Path) -> tuple[Import, ...]:
    return tuple(imports_of(path, ast.parse(path.read_text(encoding="utf-8"))))


def imports_of(path: Path, tree: ast.AST, *, inside: bool = False) -> Iterator[Import]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(path, node.lineno, alias.name, inside)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                # "from app import errors" names a module just as "from app.errors import Problem" does.
                whole = f"{node.module}.{alias.name}"
                is_module = (ROOT / whole.replace(".", "/")).with_suffix(".py").exists()
                yield Import(path, node.lineno, whole if is_module else str(node.module), inside)
        elif isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
            # An import is a statement: nothing is looked for within an expression.
            function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            yield from imports_of(path, node, inside=inside or function)


# What of ours each floor may use. The ground, which all but the domain may use, is listed apart.
GROUND = (
    "app.db",
    "app.connection",
    "app.pool",
    "app.batch",
    "app.bell",
    "app.collector",
    "app.errors",
    "app.settings",
    "app.clock",
    "app.tracing",
    "app.logs",
    "app.tasks",
)
# Where requests are served, and what builds and starts it.
WEB = ("app/edge", "app/routers", "app/pages", "app/main.py", "app/web.py", "app/cli/api.py")
BELOW_SERVICES = ("app.domain", "app.models", "app.schemas", "app.integrations", "app.wechat")
MAY_USE = {
    "app/domain": ("app.domain",),
    "app/models": ("app.domain", "app.models"),
    "app/schemas": ("app.domain", "app.models", "app.schemas", "app.errors"),
    "app/wechat": (*GROUND, "app.domain", "app.wechat"),
    "app/integrations": (*GROUND, "app.domain", "app.integrations"),
    "app/services": (*GROUND, *BELOW_SERVICES, "app.services"),
    "app/pages": (*GROUND, "app.domain", "app.pages"),
    "app/edge": (*GROUND, "app.domain", "app.schemas.common", "app.pages", "app.edge"),
    "app/routers": (*GROUND, *BELOW_SERVICES, "app.services", "app.pages", "app.edge", "app.routers"),
    "app/workers": (*GROUND, *BELOW_SERVICES, "app.services", "app.workers", "app.platform"),
    "devstack": ("devstack",),
    "sandbox": ("sandbox",),
}


@pytest.mark.parametrize("folder", MAY_USE)
def test_a_floor_uses_only_what_lies_below(folder: str) -> None:
    astray = [each for each in imports(folder) if each.is_ours and not each.within(*MAY_USE[folder])]
    assert not astray, "\n".join(map(str, astray))


def test_the_domain_needs_nothing_but_the_standard_library() -> None:
    """And pydantic, with which it reads the rules that it carries as data."""
    known = sys.stdlib_module_names | {"pydantic"}
    strange = [
        each
        for each in imports("app/domain")
        if not each.within("app.domain") and each.module.split(".")[0] not in known
    ]
    assert not strange, "\n".join(map(str, strange))


def test_no_statements_are_written_in_routers() -> None:
    """``sqlalchemy.ext.asyncio`` names the session; anything else of SQLAlchemy builds queries."""
    astray = [
        each
        for each in imports("app/routers")
        if each.within("sqlalchemy") and not each.within("sqlalchemy.ext.asyncio")
    ]
    assert not astray, "\n".join(map(str, astray))


@pytest.mark.parametrize(
    ("library", "homes"),
    # The bench holds the product against a bare route of the same framework.
    [
        ("wechatpy", ("app/wechat",)),
        # Whoever does not serve requests should not pay for it: it is a sixth of what a worker imports.
        ("fastapi", (*WEB, "bench/serve.py")),
        ("starlette", (*WEB, "bench/serve.py")),
    ],
)
def test_a_library_stays_in_its_home(library: str, homes: tuple[str, ...]) -> None:
    strays = [
        each
        for folder in ("app", "devstack", "bench")
        for each in imports(folder)
        if each.within(library) and not any(each.path.is_relative_to(ROOT / home) for home in homes)
    ]
    assert not strays, "\n".join(map(str, strays))


def test_app_uses_neither_the_sandbox_nor_the_tests() -> None:
    astray = [
        each for each in imports("app") if each.within("sandbox", "tests", "bench", "migrations", "clients")
    ]
    assert not astray, "\n".join(map(str, astray))


def test_pytest_alone_loads_the_fixtures_of_all_tests() -> None:
    """A conftest that imports them is read first when its folder is named, and the run ends before it began."""
    assert [str(each) for each in imports("tests") if each.within("tests.fixtures")] == []


def test_app_uses_the_devstack_only_from_its_command_line() -> None:
    astray = [
        each
        for each in imports("app")
        if each.within("devstack") and not each.path.is_relative_to(ROOT / "app/cli")
    ]
    assert not astray, "\n".join(map(str, astray))


@pytest.mark.parametrize("folder", ["app", "devstack", "sandbox", "tests", "bench", "clients"])
def test_nothing_is_imported_inside_a_function(folder: str) -> None:
    hidden = [each for each in imports(folder) if each.inside_function]
    assert not hidden, "\n".join(map(str, hidden))


def test_the_test_itself_sees_what_it_is_looking_for() -> None:
    source = "import a.b\nfrom app import errors\ndef f():\n    from app.db import driver\n"
    found = list(imports_of(ROOT / "x.py", ast.parse(source)))
    assert [(each.module, each.inside_function) for each in found] == [
        ("a.b", False),
        ("app.errors", False),
        ("app.db", True),
    ]
