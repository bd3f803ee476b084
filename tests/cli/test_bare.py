"""What a real installation may begin with: the catalogue and the prices, and nobody in them."""

import asyncpg

from tests.cli.conftest import CommandLine


async def test_a_bare_seed_brings_prices_and_nobody(
    command_line: CommandLine, rows: asyncpg.Connection
) -> None:
    done = await command_line.run("seed", "--bare", HUIXIANG_ENVIRONMENT="production")
    assert done.exit_code == 0, done.output
    assert await rows.fetchval("SELECT count(*) FROM price_items") > 70
    assert await rows.fetchval("SELECT count(*) FROM products") >= 30
    people = "SELECT (SELECT count(*) FROM staff) + (SELECT count(*) FROM customers) + (SELECT count(*) FROM tickets)"
    assert await rows.fetchval(people) == 0
