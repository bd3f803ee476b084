"""The typed client says what the service does today."""

import subprocess
import sys

import pytest

from clients.npm import ROOT


@pytest.mark.timeout(300)
def test_the_client_was_made_from_the_present_api() -> None:
    """Types, codes and tokens are those of this code, pass the strict compiler, and the mini-program has them.

    In a process of its own: the tests beside it bring errors of their own into the family.
    """
    check = [sys.executable, "-m", "clients", "--check"]
    done = subprocess.run(check, cwd=ROOT, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stderr
