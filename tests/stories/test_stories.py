"""The whole house as separate processes, and three stories in it, one after the other.

To open a house takes longer than to tell a story.
"""

import asyncio
from pathlib import Path

import pytest

from app.connection import connect
from app.services.operations.doctor import examine
from tests.harness.sandbox import running_sandbox
from tests.harness.servers import Servers
from tests.harness.service import running_service
from tests.stories import miniprogram, quickstart, tour


@pytest.mark.timeout(300)
async def test_each_story_goes_through_and_the_house_closes_in_order(
    servers: Servers, tmp_path: Path
) -> None:
    async with (
        running_sandbox(tmp_path / "sandbox.db") as sandbox,
        running_service(servers, sandbox, tmp_path) as service,
    ):
        await quickstart.tell(service.base, sandbox.base)
        await miniprogram.tell(service.base, sandbox.base)
        await tour.tell(service)

        connection = await connect(service.database_url, "test")
        assert await examine(connection) == []
        await connection.close()
        for process in (service.serving, service.working):
            process.terminate()
            async with asyncio.timeout(20):
                assert await process.wait() == 0
