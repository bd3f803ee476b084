"""``python -m app.cli``: run the command line and end the process with its status."""

import logging
import os
import sys

from app.cli.main import build


def run() -> int:
    try:
        build(sys.argv[1:])(prog_name="huixiang")
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


if __name__ == "__main__":
    status = run()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    # Not by way of the interpreter's end: threads of the object store's library that wake up during it abort the
    # process (PyO3/pyo3-async-runtimes#40), one short command in five. All that is ours has been closed by now.
    os._exit(status)
