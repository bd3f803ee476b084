"""What the documents point to is there: pages, pictures, code; and no picture lies about unused."""

import re
from pathlib import Path

from tests.harness.servers import ROOT

_TARGET = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)|<img src=\"([^\"]+)\"")


def documents() -> list[Path]:
    own = [ROOT / "docs", ROOT / "clients", ROOT / "sandbox"]
    return [*ROOT.glob("*.md"), *(path for folder in own for path in folder.rglob("*.md"))]


def targets(document: Path) -> set[Path]:
    """Of links and pictures within the repository."""
    found = (one or other for one, other in _TARGET.findall(document.read_text("utf-8")))
    return {(document.parent / each).resolve() for each in found if "://" not in each}


def test_links_of_the_documents_lead_somewhere() -> None:
    lost = [
        f"{document.relative_to(ROOT)}: {target}"
        for document in documents()
        for target in targets(document)
        if not target.exists()
    ]
    assert len(documents()) > 50
    assert lost == []


def test_every_picture_is_shown_somewhere() -> None:
    shown = {target for document in documents() for target in targets(document)}
    unused = [path.name for path in (ROOT / "docs" / "pictures").glob("*.png") if path not in shown]
    assert unused == []
