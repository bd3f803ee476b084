import asyncio

from app.tasks import end


async def test_a_task_that_misses_its_first_cancellation_ends_all_the_same() -> None:
    missed = 0

    async def hard_of_hearing() -> None:
        nonlocal missed
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                missed += 1
                if missed == 2:
                    raise

    task = asyncio.create_task(hard_of_hearing())
    await asyncio.wait({task}, timeout=0.01)
    await end(task)
    assert (task.cancelled(), missed) == (True, 2)
