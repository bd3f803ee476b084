"""No order of quotes, refusals and finishes makes anybody pay more than he agreed to; see ``haggling``."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck
from hypothesis import settings as profile
from hypothesis.stateful import run_state_machine_as_test

from app.settings import Settings
from tests.quotes.haggling import Haggle

PROFILE = profile(
    max_examples=int(os.environ.get("HUIXIANG_EXAMPLES", "20")),
    stateful_step_count=14,
    derandomize="HUIXIANG_RANDOM" not in os.environ,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_order_of_quotes_and_refusals_costs_more_than_was_agreed(
    application: FastAPI, settings: Settings
) -> None:
    Haggle.application, Haggle.settings = application, settings
    # In a thread, because the tests' own loop lives in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(haggle).result()
    assert Haggle.steps >= 5 * PROFILE.max_examples
    assert Haggle.finished >= PROFILE.max_examples // 5


def haggle() -> None:
    with asyncio.Runner() as runner:
        engine = Haggle.open(runner)
        try:
            run_state_machine_as_test(Haggle, settings=PROFILE)
        finally:
            runner.run(engine.dispose())
