"""The files that are made, each with its text; who asks writes them."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path

from app.edge.openapi.raised import READ
from clients import looks
from clients.described import Code, bare, codes, raised_by_endpoint, repeatable, service
from clients.npm import PROJECT, ROOT, TSC, tool

_CLIENT = ROOT / "clients" / "ts"
# They hold types, of which nothing is left to run.
_TYPES_ALONE = ("types", "transport", "check")
_MADE = "// Made by `make client` from the service itself; do not edit.\n"


def errors() -> Mapping[Path, str]:
    """What each endpoint can raise. The service reads it when it describes itself, so it is written before the rest."""
    lines = (f"  {_text(name)}: {_text(kinds)}" for name, kinds in raised_by_endpoint(service()).items())
    return {READ: "{\n" + ",\n".join(lines) + "\n}\n"}


def sources() -> Mapping[Path, str]:
    """Types and codes of clients/ts, and the looks of the mini-program."""
    described = service().openapi()
    return {
        _CLIENT / "schema.d.ts": _types(bare(described)),
        _CLIENT / "codes.ts": _codes(codes(), repeatable(described)),
        PROJECT / "src" / "styles" / "tokens.wxss": looks.tokens(),
        PROJECT / "src" / "theme.json": looks.theme(),
    }


def compiled() -> Mapping[Path, str]:
    """The client as JavaScript inside the mini-program, which no tool of ours builds; checked strictly before."""
    with tempfile.TemporaryDirectory() as folder:
        tool(TSC, "-p", str(_CLIENT), "--outDir", folder)
        scripts = {
            PROJECT / "src" / "api" / made.name: _MADE + made.read_text("utf-8")
            for made in Path(folder).glob("*.js")
            if made.stem not in _TYPES_ALONE
        }
    # Beside each script where its types are; what is uploaded leaves these out (project.config.json).
    kinds = {
        script.with_suffix(".d.ts"): f'{_MADE}export * from "../../../clients/ts/{script.stem}";\n'
        for script in scripts
    }
    return scripts | kinds


def outdated(made: Mapping[Path, str]) -> dict[Path, str]:
    """What is not yet, or no longer, in its file."""
    return {path: text for path, text in made.items() if not path.exists() or path.read_text("utf-8") != text}


def _types(described: object) -> str:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "openapi.json", Path(folder) / "schema.d.ts"
        source.write_text(json.dumps(described), "utf-8")
        # Sorted, so that two branches that add something seldom meet in one line.
        tool(
            "openapi-typescript",
            str(source),
            "-o",
            str(target),
            "--alphabetize",
            "--default-non-nullable",
            "false",
        )
        return target.read_text("utf-8")


def _codes(known: list[Code], keyed: list[str]) -> str:
    entries = "".join(
        f"  {each.code}: {{ status: {each.status}, title: {_text(each.title)}, msg: {_text(each.msg)} }},\n"
        for each in known
    )
    paths = "".join(f"  {_text(path)},\n" for path in keyed)
    return (
        f"{_MADE}\n/** Every error of the API: status, and sentence where an answer brings none. */\n"
        f"export const CODES = {{\n{entries}}} as const;\n\n"
        "export type Code = keyof typeof CODES;\n\n"
        "/** A POST to one of these has one effect, however often it is sent with one Idempotency-Key. */\n"
        f"export const KEYED: ReadonlySet<string> = new Set([\n{paths}]);\n"
    )


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
