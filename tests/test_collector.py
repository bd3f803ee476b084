"""Once a process has what it lives with, the collector leaves that alone and looks seldom."""

import subprocess
import sys

from tests.harness.servers import ROOT

# Python 3.12 has frozen some things of its own before the first line runs.
PROGRAM = """
import gc
import app
from app.collector import keep_what_is_loaded

gc.freeze()
begun = gc.get_threshold()[0]
mine = [[number] for number in range(1000)]
before = gc.get_freeze_count()
keep_what_is_loaded()
print(begun, gc.get_threshold()[0], gc.get_freeze_count() - before >= 1000)
later = [[number] for number in range(1000)]
frozen = gc.get_freeze_count()
keep_what_is_loaded()
print(gc.get_freeze_count() - frozen)
"""


def test_what_is_loaded_is_kept_once() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["50000", "10000", "True", "0"]
