"""The settings of a command: those of the environment, or those of the demo that runs beside it."""

import json
import os
from functools import lru_cache
from pathlib import Path

from app.settings import Settings

ROOT = Path(__file__).parents[2]
# Where `make demo` says what it runs, readable by its owner only; it is gone when the demo stops.
DEMO = ROOT / ".huixiang" / "demo" / "addresses.json"


@lru_cache
def settings() -> Settings:
    """Whoever names a database means that one, and all its other settings with it."""
    own = Settings()
    if "database_url" in own.model_fields_set:
        return own
    os.environ.update(demo_environment(DEMO))
    return Settings()


def demo_environment(path: Path) -> dict[str, str]:
    """What the processes of a running demo were started with; nothing when none runs."""
    try:
        published = json.loads(path.read_text(encoding="utf-8"))
        os.kill(published["pid"], 0)
    except (OSError, ValueError, KeyError):
        # A demo that was killed leaves the file behind.
        return {}
    environment: dict[str, str] = published["env"]
    return environment
