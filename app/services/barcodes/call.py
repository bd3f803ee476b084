"""Codes are read and drawn by a child process, one at a time: no picture of a stranger's meets our own memory."""

import asyncio
import sys
from pathlib import Path
from typing import Literal

import orjson

from app.errors import Unavailable

PATIENCE = 15.0
_ROOT = Path(__file__).parents[3]
# A quarter of a second each; somebody with a camera in his hand can wait for another.
_one_at_a_time = asyncio.Semaphore(1)


async def read_codes(photo: bytes) -> list[str]:
    """What each QR or bar code on the photo says; empty when nothing is readable, whatever the reason."""
    said = await _run("read", photo)
    found: list[str] = orjson.loads(said) if said is not None else []
    return found


async def draw_code(text: str) -> str:
    """A QR code as SVG."""
    said = await _run("draw", text.encode())
    if said is None:
        raise Unavailable("暂时无法生成二维码，请稍后再试。")
    return said.decode()


async def _run(what: Literal["read", "draw"], given: bytes) -> bytes | None:
    """None when it ran out of time or memory, or the library fell over what it was given."""
    async with _one_at_a_time:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "app.services.barcodes.program", what),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=_ROOT,
        )
        try:
            async with asyncio.timeout(PATIENCE):
                said, _ = await child.communicate(given)
        except TimeoutError:
            return None
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    return said if child.returncode == 0 else None
