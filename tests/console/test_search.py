"""What the desk finds of tickets that are no longer new, by the words that the worker keeps."""

import asyncpg

from app.services.tickets.search import View, Wanted, search
from app.services.tickets.words import keep_words
from tests.tickets.conftest import rows
from tests.tickets.story import Story

__all__ = ["rows"]


async def _finds(rows: asyncpg.Connection, story: Story, words: str, view: View = View.ALL) -> list[str]:
    """Nothing is read through but what was not kept yet."""
    found = await search(rows, Wanted(view, words), now=story.clock.now, read_through=0)
    return [row.number for row in found.rows]


async def test_kept_words_find_a_ticket_by_any_part_of_them(story: Story, rows: asyncpg.Connection) -> None:
    await story.submit(fault="压缩机异响 100%", model="KFR-72LW", serial_number="SN4711001")
    wanted = story.number
    # The worker is behind: slower, never missed.
    assert await _finds(rows, story, "压缩") == [wanted]
    assert await keep_words(rows)
    assert not await keep_words(rows)
    for words in ("压缩", "响", "机异", "kfr", "72lw", "王女士 异响", "4711001", "00%"):
        assert await _finds(rows, story, words) == [wanted], words
        assert await _finds(rows, story, words, View.OPEN) == [wanted], words
    for words in ("机压", "压机", "异响 冰箱", "_FR", "压缩%响"):
        assert wanted not in await _finds(rows, story, words), words


async def test_words_that_are_taken_away_find_nothing(story: Story, rows: asyncpg.Connection) -> None:
    await story.submit(fault="压缩机异响")
    await keep_words(rows)
    await rows.execute("UPDATE tickets SET fault = '漏水' WHERE number = $1", story.number)
    assert await _finds(rows, story, "压缩") == []
    assert await _finds(rows, story, "漏水") == [story.number]
