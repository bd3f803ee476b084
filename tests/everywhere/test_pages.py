"""What holds for every page: a title, one heading, a name for each field, and nothing that the policy forbids."""

import gzip
import re
from html.parser import HTMLParser

from app.pages.assets import assets
from tests.everywhere.places import Places

# Compressed, with all that a page loads but photos; charts are more, and on few pages only.
_LIGHT, _WITH_CHARTS = 60_000, 260_000
_NAMELESS = frozenset({"hidden", "submit", "button"})


class Outline(HTMLParser):
    """What a reader without eyes has of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.title, self.lang = "", ""
        self.headings: list[str] = []
        self.complaints: list[str] = []
        self.named: set[str] = set()
        self.asked: list[tuple[str, str]] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = dict(attrs)
        if tag not in ("input", "img", "br", "meta", "link", "hr", "source", "col"):
            self._open.append(tag)
        if tag == "h1":
            self.headings.append("")
        if tag == "html":
            self.lang = have.get("lang") or ""
        if tag == "label" and have.get("for"):
            self.named.add(have["for"] or "")
        if tag in ("input", "select", "textarea") and have.get("type") not in _NAMELESS:
            self._field(tag, have)
        self._forbidden(tag, have)

    def _field(self, tag: str, have: dict[str, str | None]) -> None:
        if "label" not in self._open and not have.get("aria-label") and not have.get("aria-labelledby"):
            self.asked.append((have.get("id") or "", f"{tag} {have.get('name')}"))

    def _forbidden(self, tag: str, have: dict[str, str | None]) -> None:
        self.complaints += [f"{tag} has {name}" for name in have if name.startswith("on") or name == "style"]
        self.complaints += [
            f"{tag} leads to {value}"
            for name, value in have.items()
            if name in ("href", "src", "action", "formaction")
            and (value or "").lower().startswith("javascript:")
        ]
        if tag == "style" or (tag == "script" and not have.get("src")):
            self.complaints.append(f"{tag} in the page")
        if tag == "img" and "alt" not in have:
            self.complaints.append("img without alt")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._open[-1:] == ["title"]:
            self.title += data
        elif "h1" in self._open:
            self.headings[-1] += data

    def said(self) -> list[str]:
        wrong = list(self.complaints)
        if not self.title.strip() or self.lang != "zh-CN":
            wrong.append("no title or no language")
        if len(self.headings) != 1 or not self.headings[0].strip():
            wrong.append(f"{len(self.headings)} headings of the first level")
        return wrong + [f"{what} has no label" for name, what in self.asked if name not in self.named]


async def test_every_page_is_light_and_has_a_title_one_heading_and_a_name_for_each_field(
    places: Places,
) -> None:
    wrong = []
    for place in places.found:
        answer = await places.world.callers[place.who].get(place.path)
        assert answer.status_code == 200, (place, answer.text[:300])
        assert answer.headers["content-type"].startswith("text/html"), place
        assert "script-src 'self'" in answer.headers["content-security-policy"], place
        outline = Outline()
        outline.feed(answer.text)
        wrong += [(place.path, each) for each in (*outline.said(), *_heavy(answer.text))]
    assert wrong == []


def _heavy(page: str) -> list[str]:
    loaded = set(re.findall(r"/assets/[0-9a-f]{12}/([\w./-]+)", page))
    # A script brings its own: `import "./send_once.js"`.
    for name in tuple(loaded):
        loaded |= set(
            re.findall(r'^import .*"\./([\w.-]+)";$', assets()[name].content.decode(), re.MULTILINE)
        )
    weight = len(gzip.compress(page.encode())) + sum(len(assets()[name].packed) for name in loaded)
    most = _WITH_CHARTS if any("echarts" in name for name in loaded) else _LIGHT
    return [f"weighs {weight} bytes"] if weight > most else []
