"""`make pictures`: play a story on a whole service and take the pictures of the guides from it.

python -m tests.pictures [--into FOLDER] [--only customer]
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from tests.browser.chromium import find
from tests.browser.packages import NoBrowser
from tests.browser.pages import running_browser
from tests.harness.sandbox import running_sandbox
from tests.harness.servers import ROOT, Servers, start_servers
from tests.harness.service import running_service
from tests.pictures.album import Album
from tests.pictures.components import photograph_components
from tests.pictures.customer import photograph_customer
from tests.pictures.desk import morning, photograph
from tests.pictures.engineer import photograph_engineer
from tests.pictures.manager import photograph_manager
from tests.pictures.mine import photograph_mine
from tests.pictures.mini import photograph_mini
from tests.pictures.story import play


async def take_components(album: Album) -> None:
    async with running_browser(await asyncio.to_thread(find)) as browser:
        await photograph_components(browser, album)


async def take(servers: Servers, album: Album, only: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            running_sandbox(Path(folder) / "sandbox.db") as sandbox,
            running_service(servers, sandbox, Path(folder), tickets=60) as service,
            running_browser(await asyncio.to_thread(find)) as browser,
        ):
            if only not in ("mini", "story"):
                booked = await morning(service)
            if only in ("", "customer"):
                await photograph_customer(service, browser, album, booked)
                await photograph_mine(service, browser, album)
            if only in ("", "engineer"):
                await photograph_engineer(service, browser, album)
            if only in ("", "desk"):
                await photograph(service, browser, album, booked[0])
                await photograph_manager(service, browser, album)
            if only in ("", "mini"):
                await photograph_mini(service, sandbox, browser, album)
            if only in ("", "story"):
                await play(sandbox, service, browser, album)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.pictures", description=__doc__)
    parser.add_argument("--into", type=Path, default=ROOT / "docs" / "pictures")
    only = ["customer", "engineer", "desk", "mini", "story", "components"]
    parser.add_argument("--only", choices=only, default="")
    options = parser.parse_args()
    album = Album(options.into)
    try:
        if options.only in ("", "components"):
            asyncio.run(take_components(album))
        if options.only != "components":
            _with_servers(album, options.only)
    except NoBrowser as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    for path in album.taken:
        sys.stdout.write(f"{path.name:28} {path.stat().st_size // 1000:4} kB\n")
    return 0


def _with_servers(album: Album, only: str) -> None:
    servers = start_servers()
    try:
        asyncio.run(take(servers, album, only))
    finally:
        servers.stop()


if __name__ == "__main__":
    sys.exit(main())
