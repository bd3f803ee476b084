"""``python -m tests.browser``: install the browser before the tests need it, and say which one it is."""

import sys

from tests.browser.chromium import find
from tests.browser.packages import NoBrowser

try:
    sys.stdout.write(f"The tests drive {find().executable}\n")
except NoBrowser as missing:
    sys.exit(str(missing))
