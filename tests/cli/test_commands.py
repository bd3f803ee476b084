"""The commands of an operator, from the words that he types to the rows that they change."""

import asyncpg
import pytest

from app.services.sessions.staff import verify
from tests.cli.conftest import CommandLine

NOWHERE = "postgresql://nobody:secret-word@127.0.0.1:9/nothing"


async def test_the_doctor_finds_what_is_broken(town: CommandLine, rows: asyncpg.Connection) -> None:
    well = await town.run("doctor")
    assert (well.exit_code, "✗" in well.output) == (0, False), well.output
    broken = await rows.fetchrow(
        "UPDATE ticket_events SET seq = seq + 1000 WHERE (ticket_id, seq) IN"
        " (SELECT id, seq FROM tickets ORDER BY id LIMIT 1) RETURNING ticket_id, seq"
    )
    ill = await town.run("doctor")
    await rows.execute(
        "UPDATE ticket_events SET seq = seq - 1000 WHERE ticket_id = $1 AND seq = $2", *broken.values()
    )
    number = await rows.fetchval("SELECT number FROM tickets WHERE id = $1", broken["ticket_id"])
    assert ill.exit_code == 1
    assert f"例如：{number}" in ill.output
    assert "（events_gap_free）" in next(line for line in ill.output.splitlines() if line.startswith("✗"))


async def test_migrate_says_whether_the_schema_is_the_newest(
    command_line: CommandLine, rows: asyncpg.Connection
) -> None:
    assert (await command_line.run("migrate", "--check")).exit_code == 0
    head = await rows.fetchval("UPDATE alembic_version SET version_num = '0000' RETURNING '0000'")
    behind = await command_line.run("migrate", "--check")
    await rows.execute("DELETE FROM alembic_version")
    assert (behind.exit_code, head in behind.output) == (1, True)


async def test_dead_letters_are_listed_and_sent_again(town: CommandLine, rows: asyncpg.Connection) -> None:
    newest = "SELECT max(id) FROM outbox WHERE recipient = 'customer'"
    push_id = await rows.fetchval(newest)
    await rows.execute("UPDATE outbox SET state = 'dead', reason = 'not_following' WHERE id = $1", push_id)
    listed = await town.run("outbox", "list")
    assert str(push_id) in listed.output
    assert "未关注" in listed.output
    assert (await town.run("outbox", "replay")).exit_code == 1
    done = await town.run("outbox", "replay", str(push_id))
    assert (done.exit_code, "重新排队 1 条" in done.output) == (0, True)
    assert await rows.fetchval("SELECT state FROM outbox WHERE id = $1", push_id) == "queued"
    unknown = await town.run("outbox", "replay", str(push_id))
    assert (unknown.exit_code, str(push_id) in unknown.output) == (1, True)
    await rows.execute("UPDATE outbox SET state = 'delivered' WHERE id = $1", push_id)


async def test_an_overtaken_message_is_not_sent_again(town: CommandLine, rows: asyncpg.Connection) -> None:
    first = await rows.fetchval(
        "SELECT min(id) FROM outbox WHERE recipient = 'customer' GROUP BY ticket_id HAVING count(*) > 2 LIMIT 1"
    )
    await rows.execute("UPDATE outbox SET state = 'dead', reason = 'x' WHERE id = $1", first)
    done = await town.run("outbox", "replay", "--dead")
    assert "不再发送 1 条" in done.output
    assert await rows.fetchval("SELECT state FROM outbox WHERE id = $1", first) == "superseded"
    await rows.execute("UPDATE outbox SET state = 'delivered' WHERE id = $1", first)


async def test_staff_are_hired_get_a_new_password_and_leave(
    town: CommandLine, rows: asyncpg.Connection
) -> None:
    typed = "a long first password\n"
    hire = ("staff", "add", "li.na", "--role", "agent", "--name", "李娜", "--password-stdin")
    assert (await town.run(*hire, typed=typed)).exit_code == 0
    taken = await town.run(*hire, typed=typed)
    assert (taken.exit_code, "已经有人使用" in taken.output) == (1, True)
    short = await town.run("staff", "password", "li.na", "--password-stdin", typed="short\n")
    assert (short.exit_code, "至少" in short.output) == (1, True)
    changed = await town.run("staff", "password", "li.na", "--password-stdin", typed="another password\n")
    assert changed.exit_code == 0, changed.output
    kept = await rows.fetchval("SELECT password_hash FROM staff WHERE username = 'li.na'")
    assert verify(kept, "another password")
    assert not verify(kept, "a long first password")
    none = await town.run("staff", "reset-second-factor", "li.na")
    assert (none.exit_code, "没有开启两步验证" in none.output) == (1, True)
    await rows.execute(
        "INSERT INTO second_factors (staff_id, secret, proved_at, last_step)"
        " SELECT id, 'sealed', now(), 1 FROM staff WHERE username = 'li.na'"
    )
    assert (await town.run("staff", "reset-second-factor", "li.na")).exit_code == 0
    assert await rows.fetchval("SELECT count(*) FROM second_factors") == 0
    assert (await town.run("staff", "reset-second-factor", "nobody")).exit_code == 1
    assert (await town.run("staff", "disable", "li.na")).exit_code == 0
    assert await rows.fetchval("SELECT active FROM staff WHERE username = 'li.na'") is False
    assert (await town.run("staff", "disable", "nobody")).exit_code == 1


async def test_an_engineer_is_hired_with_what_dispatch_needs(
    town: CommandLine, rows: asyncpg.Connection
) -> None:
    words = ["staff", "add", "gong900", "--role", "engineer", "--name", "白师傅", "--password-stdin"]
    bare = await town.run(*words, typed="a long first password\n")
    assert (bare.exit_code, "工号" in bare.output) == (1, True)
    words += ["--employee-no", "EL0900", "--skill", "空调", "--skill", "冰箱", "--licence", "制冷"]
    words += ["--area", "五华区", "--home", "25.04,102.71", "--service-point", "五华服务站"]
    made = await town.run(*words, typed="a long first password\n")
    assert made.exit_code == 0, made.output
    found = await rows.fetchrow("SELECT * FROM engineers WHERE employee_no = 'EL0900'")
    assert (found["skills"], found["areas"], found["latitude"]) == (["空调", "冰箱"], ["五华区"], 25.04)
    assert await rows.fetchval("SELECT service_point_id IS NOT NULL FROM staff WHERE username = 'gong900'")


@pytest.mark.parametrize(
    "words", [("doctor",), ("migrate",), ("migrate", "--check"), ("outbox", "list"), ("seed",)]
)
async def test_without_a_database_a_command_says_so_in_two_lines(
    command_line: CommandLine, words: tuple[str, ...]
) -> None:
    failed = await command_line.run(*words, HUIXIANG_DATABASE_URL=NOWHERE)
    assert failed.exit_code == 1
    assert "127.0.0.1:9/nothing" in failed.output
    assert "secret-word" not in failed.output
    assert "Traceback" not in failed.output
    assert len(failed.output.splitlines()) == 2


async def test_a_socket_where_nobody_listens_is_named_by_its_folder(command_line: CommandLine) -> None:
    address = "postgresql://nobody:secret-word@/nothing?host=/nowhere&port=9"
    failed = await command_line.run("doctor", HUIXIANG_DATABASE_URL=address)
    assert (failed.exit_code, "/nowhere:9/nothing" in failed.output) == (1, True), failed.output
    assert "secret-word" not in failed.output


@pytest.mark.parametrize("command", ["api", "worker"])
async def test_a_weak_key_stops_a_service_at_once(command_line: CommandLine, command: str) -> None:
    refused = await command_line.run(command, HUIXIANG_SECRET_KEY="weak")
    assert (refused.exit_code, "HUIXIANG_SECRET_KEY" in refused.output) == (1, True)


async def test_a_tour_needs_a_sandbox(command_line: CommandLine) -> None:
    refused = await command_line.run("tour")
    assert (refused.exit_code, "make demo" in refused.output) == (1, True)


async def test_help_names_every_command(command_line: CommandLine) -> None:
    shown = await command_line.run("--help")
    names = {"migrate", "api", "worker", "seed", "doctor", "outbox", "staff", "tour", "wechat"}
    assert names <= set(shown.output.split())


async def test_the_figures_are_counted_in_two_ways_and_agree(
    town: CommandLine, rows: asyncpg.Connection
) -> None:
    agreed = await town.run("reconcile")
    assert (agreed.exit_code, "差异 0 项" in agreed.output) == (0, True)
    assert (await town.run("reconcile", "--period", "2026-13")).exit_code == 1
    quarter = await rows.fetchval("SELECT to_char(now() AT TIME ZONE 'Asia/Shanghai', 'YYYY-\"Q\"Q')")
    assert "差异 0 项" in (await town.run("reconcile", "--period", quarter)).output


async def test_explain_says_why_the_deadlines_of_a_ticket_are_what_they_are(
    town: CommandLine, rows: asyncpg.Connection
) -> None:
    number = await rows.fetchval(
        "SELECT number FROM tickets WHERE state = 'closed' AND completed_at IS NOT NULL ORDER BY id LIMIT 1"
    )
    told = await town.run("explain", number)
    assert told.exit_code == 0, told.output
    assert number in told.output
    assert "首次响应" in told.output
    assert "解决用时" in told.output
    assert "对客户的承诺" in told.output
    assert "✓ 做到了" in told.output
    nobody = await town.run("explain", "HX2606150000000000")
    assert (nobody.exit_code, "没有找到这张工单" in nobody.output) == (1, True)
