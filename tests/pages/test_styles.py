"""The design language keeps its word: values have names, components are written once, and no rule or class is idle."""

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from app.pages import assets
from tests import pictures
from tests.pictures.components import components

_PAGES = Path(assets.__file__).parent
_STYLES = _PAGES / "assets"
# What is said of one kind of page; a rule in two of them is a component, and belongs below.
_LAYOUTS = ("h5.css", "field.css", "console.css")
_COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(", re.IGNORECASE)
_CLASS = re.compile(r"\.([a-z][a-z0-9-]*)")
# Made of a figure or of a word of the domain: columns of the board, levels of urgency, states of a visit.
_MADE = re.compile(r"q\d+|normal|urgent|critical|systemic|tight|late|announced")
# For scripts and tests, not for looks.
_HOOKS = frozenset({"uploads", "scan", "wizard", "next", "chart", "place"})


def _rules(name: str) -> Iterator[tuple[str, str]]:
    """Selectors and what they say, of rules and of those within @media."""
    text = re.sub(r"/\*.*?\*/", "", (_STYLES / name).read_text("utf-8"), flags=re.DOTALL)
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", text):
        for selector in re.split(r",(?![^(]*\))", selectors):
            yield selector.strip(), body


def _styles() -> list[str]:
    return sorted(each.name for each in _STYLES.glob("*.css"))


def test_a_colour_and_a_size_of_type_have_names() -> None:
    unnamed = [
        f"{name} {selector}: {line.strip()}"
        for name in _styles()
        if name != "tokens.css"
        for selector, body in _rules(name)
        for line in body.split(";")
        if _COLOUR.search(line) or re.search(r"font-size:\s*[\d.]+px", line)
    ]
    assert unnamed == []


def test_every_name_that_is_used_is_a_token_and_every_token_is_used() -> None:
    text = {name: (_STYLES / name).read_text("utf-8") for name in _styles()}
    named = set(re.findall(r"(--[\w-]+):", text["tokens.css"]))
    used = {each for style in text.values() for each in re.findall(r"var\((--[\w-]+)\)", style)}
    # The greatest step of the scale is for what will need it; the mini-program has the others too.
    assert used - named == set()
    assert named - used <= {"--space-6"}


def test_a_component_is_written_once() -> None:
    said = {name: {selector for selector, _ in _rules(name) if "." in selector} for name in _LAYOUTS}
    twice = {(a, b): said[a] & said[b] for a, b in combinations(_LAYOUTS, 2)}
    assert {pair: both for pair, both in twice.items() if both} == {}
    # One rule a line: a style is read by people.
    assert (
        max(len(line) for name in _styles() for line in (_STYLES / name).read_text("utf-8").split("\n")) < 140
    )


def test_no_class_is_without_a_rule_and_no_rule_without_a_class() -> None:
    styled = {each for name in _styles() for selector, _ in _rules(name) for each in _CLASS.findall(selector)}
    sources = [*_PAGES.rglob("*.html"), *(f for f in _STYLES.glob("*.js") if f.name != "echarts.js")]
    text = {file: file.read_text("utf-8") for file in sources}
    words = {word for each in text.values() for word in re.findall(r"[a-z][a-z0-9-]*", each)}
    assert {each for each in styled if not _MADE.fullmatch(each)} - words == set()
    plain = {
        each
        for file, source in text.items()
        if file.suffix == ".html"
        for attribute in re.findall(r'class="([^"{]*)"', source)
        for each in attribute.split()
    }
    assert plain - styled - _HOOKS == set()


def test_every_macro_is_on_the_page_that_shows_all_components() -> None:
    made = set(re.findall(r"{% macro (\w+)\(", (_PAGES / "macros.html").read_text("utf-8")))
    for kind in ("phone", "desk"):
        assert "没有未读消息" in components(kind)
    shown = Path(pictures.__file__).with_name("components.html").read_text("utf-8")
    assert {each for each in made if f"{each}(" not in shown} <= {"head", "script"}
