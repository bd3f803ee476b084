"""A month in small: lived by the rules of the product, and counted twice without a difference."""

import pytest

from bench.month import measure
from tests.harness.databases import copy_name, create_copy, drop
from tests.harness.servers import Servers

TICKETS = 200


@pytest.mark.slow
async def test_a_month_is_what_it_is_when_it_is_counted_again(servers: Servers) -> None:
    name = copy_name("month")
    url = await create_copy(servers.postgres_url, name)
    try:
        month = await measure(url, tickets=TICKETS)
    finally:
        await drop(servers.postgres_url, name)
    assert [each for counted in month.counted for each in counted.differences] == []
    assert month.tickets >= TICKETS
    # Of everything that a month has there was something to compare.
    empty = {counted.name for counted in month.counted if not counted.compared}
    assert empty <= {
        "可用的订阅次数与流水",
        "回访的次数",
        "会话的最后一条消息",
        "家庭的管理人是成员",
        "合并的工单",
    }
    assert month.deadlines > 0
    assert month.movements > TICKETS / 2
