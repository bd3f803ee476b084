"""The mini-program by its own tests: jest and miniprogram-simulate."""

from clients.npm import tool


def test_the_tests_of_the_mini_program_pass() -> None:
    tool("jest", "--ci", "--maxWorkers=2")
