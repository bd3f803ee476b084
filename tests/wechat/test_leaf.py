import ast
from collections.abc import Iterator
from pathlib import Path

APP = Path(__file__).parents[2] / "app"


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_the_wechat_package_needs_nothing_else_of_the_application() -> None:
    own = [name for path in (APP / "wechat").glob("*.py") for name in imports(path) if name.startswith("app")]

    assert own
    assert all(name.startswith("app.wechat.") for name in own)


def test_nothing_else_imports_wechatpy() -> None:
    users = {
        path.parent.name for path in APP.rglob("*.py") if any("wechatpy" in name for name in imports(path))
    }

    assert users == {"wechat"}
