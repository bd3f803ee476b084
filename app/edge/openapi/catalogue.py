"""Every error by its code, as a page (docs/errors.md): status, when, what to do, and its Chinese sentence."""

import tomllib
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from app.errors import Problem

_TOLD = tomllib.loads(Path(__file__).with_name("remedies.toml").read_text(encoding="utf-8"))
_HEAD = """# Errors

Made from the code by `huixiang errors > docs/errors.md`; a test says when it is out of date. Every error is
`application/problem+json` with `code` (stable), `msg` (Chinese, fit to show), `errors[]` (by field) and `trace_id`;
its `type` is `urn:huixiang:problem:CODE`. Which of them an operation may answer stands in the OpenAPI document. New
codes may come: whatever you do not know, treat by its status.

| code | status | when | what to do | 中文提示 |
|---|---|---|---|---|
"""


def as_markdown(kinds: Iterable[type[Problem]]) -> str:
    by_code: dict[str, list[type[Problem]]] = defaultdict(list)
    for kind in sorted(kinds, key=lambda kind: (kind.code, kind.status, kind.__module__, kind.__name__)):
        by_code[kind.code].append(kind)
    return _HEAD + "".join(_row(code, by_code[code]) for code in sorted(by_code))


def _row(code: str, kinds: list[type[Problem]]) -> str:
    # A kind that adds no code of its own is another's in other words.
    own = [kind for kind in kinds if "code" in vars(kind)] or kinds
    statuses = "、".join(dict.fromkeys(str(kind.status) for kind in own)).replace("、", ", ")
    when = "; ".join(dict.fromkeys(_when(kind) for kind in own))
    words = " / ".join(dict.fromkeys(kind.msg for kind in own))
    remedy = _TOLD["code"].get(code) or _TOLD["status"][str(own[0].status)]
    return f"| `{code}` | {statuses} | {when} | {remedy} | {words} |\n"


def _when(kind: type[Problem]) -> str:
    words = kind.title if "title" in vars(kind) else kind.code.replace("_", " ")
    return words.capitalize()
