"""The typed client says what the service does today."""

from clients import written
from clients.npm import ROOT


def test_the_client_was_made_from_the_present_api() -> None:
    """Types, codes and tokens are those of this code, pass the strict compiler, and the mini-program has them."""
    for made in (written.sources(), written.compiled()):
        old = sorted(str(path.relative_to(ROOT)) for path in written.outdated(made))
        assert old == [], "run `make client` and commit what it changed"
