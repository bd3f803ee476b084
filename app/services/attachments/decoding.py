"""Decoding beside the event loop: two photos at a time, however many phones upload at once."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import BinaryIO

from app.services.attachments.images import MAX_BYTES, Encoded, reencode
from app.services.attachments.watermark import Mark

# A pool of its own, not a semaphore around to_thread: a caller who hangs up lets go of a semaphore while
# his decode still runs and still holds its memory.
_decoders = ThreadPoolExecutor(max_workers=2, thread_name_prefix="photo")


async def decode(source: BinaryIO, mark: Mark | None = None) -> Encoded:
    """Reads the file only when its turn has come, so that those who wait hold no memory."""
    return await asyncio.get_running_loop().run_in_executor(_decoders, _read_and_encode, source, mark)


def _read_and_encode(source: BinaryIO, mark: Mark | None) -> Encoded:
    return reencode(source.read(MAX_BYTES + 1), mark)
