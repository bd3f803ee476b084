"""What a hostile picture may cost, measured where nothing else allocates: in a process of its own."""

import subprocess
import sys
from pathlib import Path

from tests.attachments.photos import photo, pixel_bomb

GROWTH = """
import asyncio, sys
from app.errors import Problem
from app.services.attachments.decoding import decode

def highest_mb():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024

async def one(path):
    try:
        with open(path, "rb") as source:
            return (await decode(source)).width
    except Problem as refusal:
        return refusal.status

async def main(warm, path, times):
    await one(warm)
    before = highest_mb()
    answers = await asyncio.gather(*(one(path) for _ in range(int(times))))
    print(highest_mb() - before, *sorted(set(answers)))

asyncio.run(main(*sys.argv[1:]))
"""


def growth(folder: Path, data: bytes, *, times: int) -> tuple[int, list[int]]:
    """Megabytes by which the peak rose, and the distinct answers."""
    (folder / "warm.jpg").write_bytes(photo())
    (folder / "hostile").write_bytes(data)
    arguments = [str(folder / "warm.jpg"), str(folder / "hostile"), str(times)]
    run = subprocess.run(
        [sys.executable, "-c", GROWTH, *arguments], check=True, capture_output=True, text=True, timeout=100
    )
    megabytes, *answers = map(int, run.stdout.split())
    return megabytes, answers


def test_a_pixel_bomb_costs_next_to_nothing(tmp_path: Path) -> None:
    bomb = pixel_bomb()
    assert len(bomb) < 40_000
    megabytes, answers = growth(tmp_path, bomb, times=10)
    assert answers == [422]
    assert megabytes < 50


def test_eight_large_pictures_at_once_cost_no_more_than_one(tmp_path: Path) -> None:
    # Some ten megapixels with transparency take some 110 MB each while they are decoded.
    megabytes, answers = growth(tmp_path, photo("PNG", mode="RGBA", size=(3600, 2800)), times=8)
    assert answers == [2560]
    # Eight beside each other would take 900; allocators differ in what they give back.
    assert megabytes < 330
