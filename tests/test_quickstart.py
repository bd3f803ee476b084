"""docs/quickstart-api.md as it stands, each of its commands, against the service and its worker as processes."""

import asyncio
import os
import re
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path
from shlex import quote

import pytest

from tests.harness.sandbox import SECRET, running_sandbox
from tests.harness.servers import ROOT, Servers
from tests.harness.service import running_service

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


@pytest.mark.timeout(300)
async def test_every_command_does_what_the_page_says(servers: Servers, tmp_path: Path) -> None:
    async with (
        running_sandbox(tmp_path / "sandbox.db") as sandbox,
        running_service(servers, sandbox, tmp_path) as service,
    ):
        env = os.environ | {"no_proxy": "127.0.0.1"}
        shell = await asyncio.create_subprocess_exec(
            "bash",
            "-u",
            "-c",
            commands(service.base, sandbox.base),
            cwd=ROOT,
            env=env,
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
