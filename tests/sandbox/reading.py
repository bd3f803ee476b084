"""A reader of QR codes, written against the standard and not against the writer: no pictures that nobody can read."""

import io

from PIL import Image

# Level M: data codewords of each block by version.
_M = {
    1: [16],
    2: [28],
    3: [44],
    4: [32] * 2,
    5: [43] * 2,
    6: [27] * 4,
    7: [31] * 4,
    8: [38] * 2 + [39] * 2,
    9: [36] * 3 + [37] * 2,
    10: [43] * 4 + [44],
}
_CENTRES = {2: [18], 3: [22], 4: [26], 5: [30], 6: [34], 7: [22, 38], 8: [24, 42], 9: [26, 46], 10: [28, 50]}


def read_picture(picture: bytes) -> str:
    image = Image.open(io.BytesIO(picture)).convert("L")
    light = image.tobytes()
    dark = [[level < 128 for level in light[y * image.width :][: image.width]] for y in range(image.height)]
    top = next(y for y, row in enumerate(dark) if any(row))
    left = dark[top].index(True)
    bottom = next(y for y in reversed(range(image.height)) if any(dark[y])) + 1
    # The first finder is seven modules wide.
    finder = dark[top].index(False, left) - left
    size = round((bottom - top) / (finder / 7))
    middles = [(index + 0.5) * (bottom - top) / size for index in range(size)]
    return read([[dark[top + int(y)][left + int(x)] for x in middles] for y in middles])


def read(modules: list[list[bool]]) -> str:
    size = len(modules)
    version = (size - 17) // 4
    column = [modules[r][8] for r in (0, 1, 2, 3, 4, 5, 7, 8)] + [
        modules[8][c] for c in (7, 5, 4, 3, 2, 1, 0)
    ]
    form = sum(bit << index for index, bit in enumerate(column)) ^ 0x5412
    assert form >> 10 == 0, "level M, mask 0"
    bits = [
        modules[r][c] ^ ((r + c) % 2 == 0) for r, c in _path(size) if not _is_function(r, c, size, version)
    ]
    words = [int("".join(str(int(b)) for b in bits[i : i + 8]), 2) for i in range(0, len(bits) - 7, 8)]
    return _text(_data(words, _M[version]), version)


def _path(size: int) -> list[tuple[int, int]]:
    """Up and down in pairs of columns; the sixth column is no part of any pair."""
    places, up = [], True
    right = size - 1
    while right > 0:
        if right == 6:
            right -= 1
        rows = range(size - 1, -1, -1) if up else range(size)
        places += [(r, c) for r in rows for c in (right, right - 1)]
        up, right = not up, right - 2
    return places


def _is_function(r: int, c: int, size: int, version: int) -> bool:
    if r == 6 or c == 6:
        return True
    if (r < 9 and c < 9) or (r < 9 and c >= size - 8) or (r >= size - 8 and c < 9):
        return True
    if version >= 7 and ((r < 6 and c >= size - 11) or (c < 6 and r >= size - 11)):
        return True
    centres = [6, *_CENTRES.get(version, [])] if version > 1 else []
    corners = {(6, 6), (6, centres[-1]), (centres[-1], 6)} if centres else set()
    return any(abs(r - y) <= 2 and abs(c - x) <= 2 for y in centres for x in centres if (y, x) not in corners)


def _data(words: list[int], lengths: list[int]) -> list[int]:
    blocks: list[list[int]] = [[] for _ in lengths]
    taken = iter(words)
    for index in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if index < length:
                block.append(next(taken))
    return [word for block in blocks for word in block]


def _text(words: list[int], version: int) -> str:
    bits = "".join(f"{word:08b}" for word in words)
    assert bits[:4] == "0100", "byte mode"
    width = 16 if version > 9 else 8
    length = int(bits[4 : 4 + width], 2)
    body = bits[4 + width : 4 + width + 8 * length]
    return bytes(int(body[i : i + 8], 2) for i in range(0, len(body), 8)).decode()
