"""``python -m clients`` writes what is made; ``--check`` only says what is out of date, and fails then."""

import sys

from clients.npm import ROOT, NoNode, ToolFailed
from clients.written import compiled, errors, outdated, sources

# In this order: each reads what those before it wrote.
_MAKERS = (errors, sources, compiled)


def main() -> None:
    if "--check" in sys.argv:
        old = [str(path.relative_to(ROOT)) for make in _MAKERS for path in outdated(make())]
        sys.exit(f"Out of date, run `make client`: {', '.join(old)}" if old else 0)
    for make in _MAKERS:
        for path, text in outdated(make()).items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            sys.stdout.write(f"wrote {path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    try:
        main()
    except (NoNode, ToolFailed) as failed:
        sys.exit(str(failed))
