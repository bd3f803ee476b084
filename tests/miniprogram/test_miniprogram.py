"""The mini-program by its own tests: jest, with pages drawn by miniprogram-simulate."""

import asyncio

import pytest

from clients.npm import tool


@pytest.mark.timeout(300)
async def test_the_tests_of_the_mini_program_pass() -> None:
    """Components and pages on a phone that is made up, types in strict mode, 90 % of the lines."""
    said = await asyncio.to_thread(tool, "jest", "--ci", "--coverage", "--runInBand")
    assert "Tests:" in said
