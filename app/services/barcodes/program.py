"""A program of its own that reads and draws codes: ``python -m app.services.barcodes.program read`` or ``draw``.

It runs strangers' pictures through a C++ library, so it runs alone: limited in memory and time, and killed by its
parent when it takes too long. It imports nothing of ours.

``read``: a JPEG on standard input, a JSON list of what its QR and bar codes say on standard output.
``draw``: a text on standard input, its QR code as SVG on standard output.
"""

import json
import resource
import sys
from io import BytesIO

import zxingcpp
from PIL import Image

MEMORY = 512 * 1024 * 1024
SECONDS_OF_WORK = 10
# Photos are kept with at most 2560 pixels a side (``attachments.images``); nothing larger is ever decoded here.
MAX_PIXELS = 2560 * 2560


def limit_myself() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_OF_WORK, SECONDS_OF_WORK))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def read(photo: bytes) -> list[str]:
    with Image.open(BytesIO(photo)) as image:
        if image.width * image.height > MAX_PIXELS:
            return []
        found = zxingcpp.read_barcodes(image.convert("L"))
    return [code.text for code in found if code.text.strip()]


def draw(text: str) -> str:
    """It can be read when a quarter of it is dirty or gone."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    return str(zxingcpp.write_barcode_to_svg(code))


def main() -> None:
    limit_myself()
    given = sys.stdin.buffer.read()
    said = json.dumps(read(given)) if sys.argv[1] == "read" else draw(given.decode())
    sys.stdout.buffer.write(said.encode())


if __name__ == "__main__":
    main()
