"""The mini-program's pages and the client against the whole service over HTTP: no answer in it is made up."""

import asyncio
import os

from clients.npm import tool
from tests.harness.sandbox import SECRET


async def tell(base: str, sandbox: str) -> None:
    """A customer reports, follows and rates on the pages."""
    where = {"HUIXIANG_BASE": base, "HUIXIANG_SANDBOX": sandbox, "HUIXIANG_SANDBOX_SECRET": SECRET}
    await asyncio.to_thread(_jest_against, where)


def _jest_against(where: dict[str, str]) -> None:
    tool(
        "jest",
        "--ci",
        "--config",
        "jest.live.config.js",
        "--maxWorkers=2",
        seconds=240,
        env=os.environ | where,
    )
