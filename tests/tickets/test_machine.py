"""Hypothesis looks for an order of steps that breaks the life cycle; see ``machine``."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from app.settings import Settings
from tests.tickets.machine import Life

# HUIXIANG_RANDOM=1 looks somewhere else each time; HUIXIANG_EXAMPLES looks longer.
PROFILE = settings(
    max_examples=int(os.environ.get("HUIXIANG_EXAMPLES", "45")),
    stateful_step_count=30,
    derandomize="HUIXIANG_RANDOM" not in os.environ,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_order_of_steps_breaks_a_ticket(application: FastAPI, settings: Settings) -> None:
    Life.application, Life.settings = application, settings
    # In a thread, because the tests' own loop lives in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(live).result()
    assert Life.steps >= 3 * PROFILE.max_examples
    # How far it gets differs by what else was loaded: hypothesis draws from the constants of our modules. 20 were seen.
    assert len(Life.taken) >= 15, sorted(Life.taken)


def live() -> None:
    with asyncio.Runner() as runner:
        Life.open(runner)
        try:
            run_state_machine_as_test(Life, settings=PROFILE)
        finally:
            runner.run(Life.engine.dispose())
