"""QR codes after ISO/IEC 18004: byte mode, error correction M, versions 1 to 10, up to 213 bytes."""

# Version -> (error correction codewords of a block, data codewords of each block).
_BLOCKS: dict[int, tuple[int, tuple[int, ...]]] = {
    1: (10, (16,)),
    2: (16, (28,)),
    3: (26, (44,)),
    4: (18, (32, 32)),
    5: (24, (43, 43)),
    6: (16, (27, 27, 27, 27)),
    7: (18, (31, 31, 31, 31)),
    8: (22, (38, 38, 39, 39)),
    9: (22, (36, 36, 36, 37, 37)),
    10: (26, (43, 43, 43, 43, 44)),
}
_ALIGNMENT = {
    2: (18,),
    3: (22,),
    4: (26,),
    5: (30,),
    6: (34,),
    7: (22, 38),
    8: (24, 42),
    9: (26, 46),
    10: (28, 50),
}
# Level M, mask 0: (row + column) even is inverted.
_LEVEL_AND_MASK = 0b00_000

Matrix = list[list[bool]]


class TooLong(ValueError):
    pass


def matrix(text: str) -> Matrix:
    """Rows of modules, true is dark, without the quiet zone."""
    content = text.encode()
    version = next((v for v in _BLOCKS if len(content) <= _room(v)), None)
    if version is None:
        raise TooLong(f"{len(content)} bytes do not fit")
    size = 17 + 4 * version
    modules: list[list[bool | None]] = [[None] * size for _ in range(size)]
    _draw_patterns(modules, version)
    _draw_data(modules, _codewords(content, version))
    return [[bool(module) for module in row] for row in modules]


def _room(version: int) -> int:
    """Bytes beside the header of mode and length."""
    return sum(_BLOCKS[version][1]) - (3 if version > 9 else 2)


def _codewords(content: bytes, version: int) -> bytes:
    ecc_length, lengths = _BLOCKS[version]
    bits = f"0100{len(content):0{16 if version > 9 else 8}b}" + "".join(f"{byte:08b}" for byte in content)
    bits += "0" * min(4, 8 * sum(lengths) - len(bits))
    bits += "0" * (-len(bits) % 8)
    data = bytearray(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))
    for index in range(sum(lengths) - len(data)):
        data.append((0xEC, 0x11)[index % 2])
    blocks, start = [], 0
    for length in lengths:
        blocks.append(bytes(data[start : start + length]))
        start += length
    corrections = [_correction(block, ecc_length) for block in blocks]
    return _interleaved(blocks) + _interleaved(corrections)


def _interleaved(blocks: list[bytes]) -> bytes:
    longest = max(map(len, blocks))
    return bytes(block[i] for i in range(longest) for block in blocks if i < len(block))


def _multiply(left: int, right: int) -> int:
    """In GF(256) over x^8 + x^4 + x^3 + x^2 + 1."""
    product = 0
    while right:
        product ^= left if right & 1 else 0
        left = left << 1 ^ (0x11D if left & 0x80 else 0)
        right >>= 1
    return product


def _correction(block: bytes, length: int) -> bytes:
    generator, root = [1], 1
    for _ in range(length):
        shifted = [*generator, 0]
        for index, factor in enumerate(generator):
            shifted[index + 1] ^= _multiply(factor, root)
        generator, root = shifted, _multiply(root, 2)
    remainder = [0] * length
    for byte in block:
        lead = byte ^ remainder[0]
        remainder = [*remainder[1:], 0]
        for index in range(length):
            remainder[index] ^= _multiply(generator[index + 1], lead)
    return bytes(remainder)


def _draw_patterns(modules: list[list[bool | None]], version: int) -> None:
    size = len(modules)
    for index in range(size):
        modules[6][index] = modules[index][6] = index % 2 == 0
    for row, column in ((3, 3), (3, size - 4), (size - 4, 3)):
        _draw_square(modules, row, column, 4)
    centres = (6, *_ALIGNMENT.get(version, ()))
    last = centres[-1]
    for row in centres[: len(centres) if version > 1 else 0]:
        for column in centres:
            if (row, column) not in ((6, 6), (6, last), (last, 6)):
                _draw_square(modules, row, column, 2)
    _draw_format(modules)
    if version >= 7:
        _draw_version(modules, version)


def _draw_square(modules: list[list[bool | None]], row: int, column: int, reach: int) -> None:
    """Rings around a dark centre; the finder's reach includes its light margin."""
    size = len(modules)
    for y in range(max(0, row - reach), min(size, row + reach + 1)):
        for x in range(max(0, column - reach), min(size, column + reach + 1)):
            ring = max(abs(y - row), abs(x - column))
            modules[y][x] = ring not in (2, 4) if reach == 4 else ring != 1


def _draw_format(modules: list[list[bool | None]]) -> None:
    size, rest = len(modules), _LEVEL_AND_MASK
    for _ in range(10):
        rest = rest << 1 ^ (rest >> 9) * 0x537
    bits = (_LEVEL_AND_MASK << 10 | rest) ^ 0x5412
    places = [*range(6), 7, 8, *range(size - 7, size)]
    for index in range(15):
        bit = bool(bits >> index & 1)
        # Once along the first finder, once split between the two others.
        modules[places[index] if index < 8 else size - 15 + index][8] = bit
        modules[8][size - 1 - index if index < 8 else (7 if index == 8 else 14 - index)] = bit
    modules[size - 8][8] = True


def _draw_version(modules: list[list[bool | None]], version: int) -> None:
    size, rest = len(modules), version
    for _ in range(12):
        rest = rest << 1 ^ (rest >> 11) * 0x1F25
    bits = version << 12 | rest
    for index in range(18):
        bit, row, column = bool(bits >> index & 1), size - 11 + index % 3, index // 3
        modules[row][column] = modules[column][row] = bit


def _draw_data(modules: list[list[bool | None]], codewords: bytes) -> None:
    """In columns two wide, from the right, up and down by turns, around everything that is drawn already."""
    size = len(modules)
    bits = (byte >> shift & 1 for byte in codewords for shift in range(7, -1, -1))
    upwards = True
    for right in (*range(size - 1, 6, -2), 5, 3, 1):
        for row in range(size - 1, -1, -1) if upwards else range(size):
            for column in (right, right - 1):
                if modules[row][column] is None:
                    modules[row][column] = bool(next(bits, 0)) ^ ((row + column) % 2 == 0)
        upwards = not upwards
