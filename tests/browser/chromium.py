"""Installs the browser once into the state folder, whoever of many workers comes first."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.browser.packages import NoBrowser, fetch, pinned, unbrotli, unpack
from tests.harness.alone import alone
from tests.harness.servers import ROOT

STATE = ROOT / ".huixiang" / "browser"
# Thin and light cuts are not used by any page.
_CUTS = ("Regular", "Medium", "Bold")
_FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
  <alias binding="strong"><family>sans-serif</family><prefer><family>{cjk}</family></prefer></alias>
  <alias binding="strong"><family>system-ui</family><prefer><family>{cjk}</family></prefer></alias>
</fontconfig>
"""
_CJK = "Noto Sans S Chinese"


@dataclass(frozen=True)
class Chromium:
    executable: Path
    environment: Mapping[str, str] = field(default_factory=dict)


def find(state: Path = STATE) -> Chromium:
    """The one that CHROMIUM names, or our own; the first call of a new checkout downloads about 100 MB."""
    given = os.environ.get("CHROMIUM")
    if not given:
        return install(state)
    found = shutil.which(given)
    if found is None:
        raise NoBrowser(f"CHROMIUM names {given}, and that is no program")
    return Chromium(Path(found))


def install(state: Path) -> Chromium:
    parts = pinned()
    home = state / "-".join(f"{name}-{parts[name].label}" for name in ("chromium", "fonts"))
    with alone(state):
        if not home.exists():
            fresh = state / f"{home.name}.new"
            shutil.rmtree(fresh, ignore_errors=True)
            _unpack_program(fetch(parts["chromium"], fresh / "npm-chromium"), fresh)
            _unpack_fonts(fetch(parts["fonts"], fresh / "npm-fonts"), fresh)
            fresh.rename(home)
            _forget_older(state, home)
        # Written each time: it holds absolute paths, and a checkout may have moved.
        _write_fonts_conf(home)
    environment = {"LD_LIBRARY_PATH": str(home / "lib"), "FONTCONFIG_FILE": str(home / "fonts.conf")}
    return Chromium(home / "chromium", environment)


def _unpack_program(package: Path, home: Path) -> None:
    program = home / "chromium"
    unbrotli(package / "bin" / "chromium.br", program)
    program.chmod(0o755)
    for name, folder in (("al2023", home), ("swiftshader", home), ("fonts", home)):
        archive = home / f"{name}.tar"
        unbrotli(package / "bin" / f"{name}.tar.br", archive)
        unpack(archive, folder)
    shutil.copy(package / "LICENSE", home / "LICENSE.chromium")
    shutil.rmtree(package.parent)


def _unpack_fonts(package: Path, home: Path) -> None:
    (home / "fonts").mkdir(exist_ok=True)
    for cut in _CUTS:
        (found,) = (package / "fonts").glob(f"*-{cut}.otf")
        found.rename(home / "fonts" / found.name)
    shutil.copy(package / "LICENSE", home / "LICENSE.fonts")
    shutil.rmtree(package.parent)


def _write_fonts_conf(home: Path) -> None:
    text = _FONTS_CONF.format(fonts=home / "fonts", cache=home / "cache", cjk=_CJK)
    target = home / "fonts.conf"
    if not target.exists() or target.read_text("utf-8") != text:
        beside = target.with_suffix(".new")
        beside.write_text(text, "utf-8")
        beside.rename(target)


def _forget_older(state: Path, home: Path) -> None:
    for other in state.iterdir():
        if other.is_dir() and other != home:
            shutil.rmtree(other, ignore_errors=True)
