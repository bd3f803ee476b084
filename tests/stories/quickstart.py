"""docs/quickstart-api.md as it stands, each of its commands, against the service and its worker as processes."""

import asyncio
import os
import re
from asyncio.subprocess import PIPE, STDOUT
from shlex import quote

from tests.harness.sandbox import SECRET
from tests.harness.servers import ROOT

DOC = ROOT / "docs" / "quickstart-api.md"
# What each part has to bring about, in this order.
SAID = (
    "idempotency_key_reused", '"code":"invalid_input"', "已接单", "stale_version", "已出发", "too_many_requests",
    "检测中", "维修中", "photo_before_missing", "服务完成", '"attitude":5', "已完成", "event: rate_or_expire", "204",
    "unauthenticated",
)  # fmt: skip


def commands(base: str, sandbox: str) -> str:
    """All blocks as one shell runs them; only where things are is said by the test instead of the demo."""
    blocks = re.findall(r"^```sh\n(.*?)^```", DOC.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 10
    script = "\n".join(blocks)
    for name, value in (("API", base), ("SANDBOX", sandbox), ("SECRET", SECRET)):
        script, found = re.subn(
            rf"^{name}=.*$", f"{name}={quote(value)}", script, count=1, flags=re.MULTILINE
        )
        assert found == 1, name
    return f"{script}\necho first $NUMBER\n"


async def tell(base: str, sandbox: str) -> None:
    """Everything that the page says."""
    shell = await asyncio.create_subprocess_exec(
        *("bash", "-u", "-c", commands(base, sandbox)),
        cwd=ROOT,
        env=os.environ | {"no_proxy": "127.0.0.1"},
        stdout=PIPE,
        stderr=STDOUT,
    )
    try:
        out, _ = await asyncio.wait_for(shell.communicate(), 240)
    finally:
        if shell.returncode is None:
            shell.kill()
    said = out.decode()
    assert shell.returncode == 0, said
    at = 0
    for word in SAID:
        at = said.find(word, at)
        assert at >= 0, f"{word} is missing in:\n{said}"
    (repeated,) = re.findall(r"^HX\w+$", said, re.MULTILINE)
    assert f"first {repeated}" in said, "the same key made another ticket"
    assert "Traceback" not in said
