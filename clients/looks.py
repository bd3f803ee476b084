"""The design language for the mini-program: the names of tokens.css, where WXSS and theme.json want them."""

import json
import re
from pathlib import Path

_TOKENS = Path(__file__).parents[1] / "app" / "pages" / "assets" / "tokens.css"
_ROOT = re.compile(r":root\s*{(.*?)}", re.DOTALL)
_NAME = re.compile(r"--([\w-]+):\s*([^;]+);")
# What the bars of WeChat around a page are drawn with; the tint of icons is ours.
_BARS = {"ground": "ground", "card": "card", "text": "text", "quiet": "quiet", "accent": "accent"}


def tokens() -> str:
    # What a printer needs is no matter of a mini-program.
    light, dark, still, _ = _ROOT.findall(_TOKENS.read_text("utf-8"))
    return (
        "/* From app/pages/assets/tokens.css by `make client`; change it there. */\n"
        f"page {{\n{_lines(light)}}}\n"
        f"@media (prefers-color-scheme: dark) {{\npage {{\n{_lines(dark)}}}\n}}\n"
        f"@media (prefers-reduced-motion: reduce) {{\npage {{\n{_lines(still)}}}\n}}\n"
    )


def theme() -> str:
    """Colours of the bars by ``@name`` in app.json."""
    light, dark, *_ = (dict(_NAME.findall(each)) for each in _ROOT.findall(_TOKENS.read_text("utf-8")))
    both = {
        "light": {name: _six(light[of]) for name, of in _BARS.items()} | {"ink": "black"},
        "dark": {name: _six(dark[of]) for name, of in _BARS.items()} | {"ink": "white"},
    }
    return json.dumps(both, indent=2) + "\n"


def _lines(block: str) -> str:
    return "".join(f"  --{name}: {value};\n" for name, value in _NAME.findall(block))


def _six(colour: str) -> str:
    """The bars know #rrggbb only."""
    return "#" + "".join(2 * digit for digit in colour[1:]) if len(colour) == 4 else colour
