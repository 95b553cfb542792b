"""Baseline JPEG painted by block: the coded coefficients of all other blocks stay as they are, bit by bit.

ITU-T T.81 (sequential DCT, Huffman coding, 8 bit: SOF0 and SOF1), one interleaved scan or grey, with
or without restart intervals, any sampling. A painted block keeps no coefficient but a new mean; what
follows it is coded against that mean (DC prediction, F.1.1.5.1), and nothing else is written anew.
Whatever else a stream is raises `Unsupported`: its pixels are then stored anew without loss.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provident.deid.pixels.regions import Region


if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Bits = NDArray[np.uint8]

_SOI, _EOI, _SOS, _DQT, _DHT, _DRI = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD
_SEQUENTIAL = (0xC0, 0xC1)
_FRAMES = frozenset((*range(0xC0, 0xD0),)) - {0xC4, 0xC8, 0xCC}
_RESTART = re.compile(rb"\xff[\xd0-\xd7]")
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_LAST = 63  # of the coefficients of a block, in zigzag order
_BAD = 128  # as a run: a code that the table does not have


class Unsupported(Exception):
    """A stream that cannot be edited by block."""


@dataclass(frozen=True, slots=True)
class Table:
    """A Huffman table: how many bits a code has and what it says, by the next 16 bits."""

    codes: dict[int, tuple[int, int]]  # symbol: code, bits
    bits: NDArray[np.uint8]
    symbols: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Component:
    """One colour: its blocks in a unit, across and down, and its tables."""

    across: int
    down: int
    quantum: int  # of the mean (DC)
    dc: Table
    ac: Table


@dataclass(frozen=True, slots=True)
class Stream:
    """A JPEG stream with one scan: what stands before the coded data, these, and what follows."""

    before: bytes
    coded: bytes
    after: bytes
    rows: int
    columns: int
    components: tuple[Component, ...]
    interval: int  # units between restarts; 0 for none

    @property
    def unit(self) -> tuple[int, int]:
        """Columns and rows of pixels that a unit (MCU) covers."""
        return (
            8 * max(c.across for c in self.components),
            8 * max(c.down for c in self.components),
        )

    @property
    def units(self) -> tuple[int, int]:
        """Units across and down."""
        wide, high = self.unit
        return -(-self.columns // wide), -(-self.rows // high)


def painted(stream: bytes, regions: Sequence[Region], levels: Sequence[int]) -> bytes:
    """A stream with all blocks that regions touch of one level each colour (0 to 255).

    Raises:
        Unsupported: it is of another kind, damaged, or its tables lack a code that is needed.
    """
    told = read(stream)
    if len(levels) != len(told.components):
        raise Unsupported("another number of colours")
    touched = units_of(told, regions)
    coded = _recoded(told, touched, levels)
    return told.before + coded + told.after


def blocks_of(stream: bytes, regions: Sequence[Region]) -> list[Region]:
    """The pixels that painting by block covers, unit by unit.

    Raises:
        Unsupported: the stream is of another kind.
    """
    told = read(stream)
    wide, high = told.unit
    across, _ = told.units
    return [
        Region(x * wide, y * high, x * wide + wide, y * high + high)
        for y, x in (divmod(n, across) for n in sorted(units_of(told, regions)))
    ]


def units_of(stream: Stream, regions: Sequence[Region]) -> set[int]:
    """The numbers of the units that regions touch."""
    wide, high = stream.unit
    across, down = stream.units
    return {
        y * across + x
        for r in regions
        for y in range(max(0, r.top // high), min(down, -(-r.bottom // high)))
        for x in range(max(0, r.left // wide), min(across, -(-r.right // wide)))
    }


# Reading


def read(stream: bytes) -> Stream:
    """The parts of a stream.

    Raises:
        Unsupported: it is of another kind or damaged.
    """
    try:
        return _read(stream)
    except (IndexError, KeyError, ValueError) as error:
        raise Unsupported(f"damaged: {type(error).__name__}") from None


def _read(stream: bytes) -> Stream:
    quanta: dict[int, int] = {}
    tables: dict[int, Table] = {}
    interval, frame = 0, b""
    for marker, body, end in _segments(stream):
        if marker == _DQT:
            quanta |= dict(_quanta(body))
        elif marker == _DHT:
            tables |= dict(_tables(body))
        elif marker == _DRI:
            interval = int.from_bytes(body[:2], "big")
        elif marker in _FRAMES:
            if marker not in _SEQUENTIAL or body[0] != 8:
                raise Unsupported("not sequential with 8 bits")
            frame = body
        elif marker == _SOS:
            return _scan(stream, body, end, frame, quanta, tables, interval)
    raise Unsupported("no scan")


def _segments(stream: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Markers with their content and where it ends."""
    if stream[:2] != b"\xff\xd8":
        raise Unsupported("no JPEG")
    position = 2
    while position + 4 <= len(stream):
        if stream[position] != 0xFF:
            raise Unsupported("no marker")
        marker = stream[position + 1]
        if marker == 0xFF:  # a fill byte
            position += 1
            continue
        end = position + 2 + int.from_bytes(stream[position + 2 : position + 4], "big")
        yield marker, stream[position + 4 : end], end
        position = end


def _quanta(body: bytes) -> Iterator[tuple[int, int]]:
    position = 0
    while position < len(body):
        wide, number = body[position] >> 4, body[position] & 15
        size = 2 if wide else 1
        yield number, int.from_bytes(body[position + 1 : position + 1 + size], "big")
        position += 1 + 64 * size


def _tables(body: bytes) -> Iterator[tuple[int, Table]]:
    position = 0
    while position < len(body):
        counts = body[position + 1 : position + 17]
        symbols = body[position + 17 : position + 17 + sum(counts)]
        yield body[position], _table(counts, symbols)
        position += 17 + sum(counts)


def _table(counts: bytes, symbols: bytes) -> Table:
    import numpy as np

    if len(symbols) != sum(counts):
        raise Unsupported("damaged: a table is cut short")
    bits, says = np.zeros(1 << 16, "u1"), np.zeros(1 << 16, "u1")
    codes: dict[int, tuple[int, int]] = {}
    code, left = 0, iter(symbols)
    for length, count in enumerate(counts, 1):
        for _ in range(count):
            symbol = next(left)
            start = code << (16 - length)
            bits[start : start + (1 << (16 - length))] = length
            says[start : start + (1 << (16 - length))] = symbol
            codes[symbol] = (code, length)
            code += 1
        code <<= 1
    return Table(codes, bits, says)


def _scan(
    stream: bytes,
    body: bytes,
    start: int,
    frame: bytes,
    quanta: dict[int, int],
    tables: dict[int, Table],
    interval: int,
) -> Stream:
    count = body[0]
    if (
        not frame
        or frame[5] != count
        or body[1 + 2 * count : 3 + 2 * count] != b"\0\x3f"
    ):
        raise Unsupported("more than one scan")
    told = {frame[6 + 3 * n]: frame[7 + 3 * n : 9 + 3 * n] for n in range(count)}
    components = []
    for n in range(count):
        number, which = body[1 + 2 * n], body[2 + 2 * n]
        sampling, quantum = told[number]
        # A scan of one colour has units of one block, whatever its sampling (A.2.2).
        across, down = (sampling >> 4, sampling & 15) if count > 1 else (1, 1)
        components.append(
            Component(
                across,
                down,
                quanta[quantum],
                tables[which >> 4],
                tables[0x10 | which & 15],
            )
        )
    rows, columns = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    found = _MARKER.search(stream, start)
    end = found.start() if found else len(stream)
    if stream[end : end + 2] != b"\xff\xd9" or not rows or not all(quanta.values()):
        raise Unsupported("more than one scan, or no end")
    return Stream(
        stream[:start], stream[start:end], stream[end:], rows, columns, tuple(components), interval,
    )  # fmt: skip


# Writing


def _recoded(stream: Stream, touched: set[int], levels: Sequence[int]) -> bytes:
    across, down = stream.units
    total = across * down
    size = stream.interval or total
    parts = _RESTART.split(stream.coded)
    if len(parts) != -(-total // size):
        raise Unsupported("another number of restarts")
    done = []
    for n, part in enumerate(parts):
        first, last = n * size, min(total, n * size + size)
        here = {u - first for u in touched if first <= u < last}
        done.append(_part(stream, part, last - first, here, levels) if here else part)
        if n + 1 < len(parts):
            done.append(bytes((0xFF, 0xD0 + n % 8)))
    return b"".join(done)


def _part(
    stream: Stream, part: bytes, units: int, touched: set[int], levels: Sequence[int]
) -> bytes:
    """The coded data between two restarts with some units painted."""
    import numpy as np

    data = np.frombuffer(part.replace(b"\xff\x00", b"\xff"), "u1")
    windows = _windows(data)
    order = [
        n for n, c in enumerate(stream.components) for _ in range(c.across * c.down)
    ]
    starts, middles = _walk(stream, windows, order, units)
    if starts[-1] > 8 * len(data):
        raise Unsupported("damaged: the coded data end too soon")
    which = np.tile(order, units)
    paint = np.repeat(np.isin(np.arange(units), list(touched)), len(order))
    pieces: dict[int, tuple[int, Bits]] = {}
    for n, component in enumerate(stream.components):
        mine = np.flatnonzero(which == n)
        was = _differences(windows, starts[mine], component.dc)
        means = np.cumsum(was)
        level = round((levels[n] - 128) * 8 / component.quantum)
        now = np.diff(np.where(paint[mine], level, means), prepend=0)
        for block, difference in zip(
            mine[(now != was) | paint[mine]].tolist(),
            now[(now != was) | paint[mine]].tolist(),
            strict=True,
        ):
            code = _difference(component.dc, difference)
            if paint[block]:
                pieces[block] = (
                    int(starts[block + 1]),
                    _joined(code, _end(component.ac)),
                )
            else:
                pieces[block] = (int(middles[block]), code)
    return _packed(np.unpackbits(data), starts, pieces)


def _windows(data: Bits) -> NDArray[np.uint16]:
    """The next 16 bits at each bit; ones behind the end."""
    import numpy as np

    padded = np.concatenate([data, np.full(8, 0xFF, "u1")]).astype("u4")
    words = (padded[:-2] << 16) | (padded[1:-1] << 8) | padded[2:]
    return (
        np.stack([(words >> (8 - s)) & 0xFFFF for s in range(8)], axis=1)
        .astype("u2")
        .ravel()
    )


def _walk(
    stream: Stream, windows: NDArray[np.uint16], order: list[int], units: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each block starts (and the last ends), and where its coefficients behind the mean start."""
    import numpy as np

    ways = {id(c.ac): _steps(c.ac, windows) for c in stream.components}
    means = {
        id(c.dc): (c.dc.bits + c.dc.symbols)[windows].tobytes()
        for c in stream.components
    }
    layout = [
        (means[id(stream.components[n].dc)], *ways[id(stream.components[n].ac)])
        for n in order
    ]
    starts, middles, position = [], [], 0
    try:
        for _ in range(units):
            for mean, steps, runs in layout:
                starts.append(position)
                position += mean[position]
                middles.append(position)
                k = 1
                while k <= _LAST:
                    k += runs[position]
                    position += steps[position]
                if k >= _BAD:
                    raise Unsupported("damaged: no such code")
    except IndexError:
        raise Unsupported("damaged: the coded data end too soon") from None
    return np.array([*starts, position]), np.array(middles)


def _steps(table: Table, windows: NDArray[np.uint16]) -> tuple[bytes, bytes]:
    """At each bit, as if a coefficient's code started there: bits to the next, and places on."""
    import numpy as np

    size, zeros = table.symbols & 15, table.symbols >> 4
    runs = np.where(size > 0, zeros + 1, np.where(zeros == 15, 16, _LAST + 1))
    runs = np.where(table.bits > 0, runs, _BAD).astype("u1")
    steps = (table.bits + size).astype("u1")
    return steps[windows].tobytes(), runs[windows].tobytes()


def _differences(
    windows: NDArray[np.uint16], starts: NDArray[np.int64], table: Table
) -> NDArray[np.int64]:
    """The differences of means that are coded at these bits (F.1.2.1)."""
    import numpy as np

    first = windows[starts]
    bits, size = table.bits[first].astype(int), table.symbols[first].astype(int)
    if not bits.all() or (size > 11).any():
        raise Unsupported("damaged: no such code")
    value = windows[starts + bits].astype(int) >> (16 - size)
    less = np.where(value < (1 << size) >> 1, (1 << size) - 1, 0)
    told: NDArray[np.int64] = value - less
    return told


def _difference(table: Table, value: int) -> Bits:
    size = abs(value).bit_length()
    extra = value if value >= 0 else value + (1 << size) - 1
    return _joined(_code(table, size), _bits(extra, size))


def _end(table: Table) -> Bits:
    return _code(table, 0)


def _code(table: Table, symbol: int) -> Bits:
    if symbol not in table.codes:
        raise Unsupported("the stream's tables lack a code")
    return _bits(*table.codes[symbol])


def _bits(value: int, count: int) -> Bits:
    import numpy as np

    return np.array([value >> n & 1 for n in range(count - 1, -1, -1)], "u1")


def _joined(*pieces: Bits) -> Bits:
    import numpy as np

    return np.concatenate(pieces)


def _packed(
    bits: Bits, starts: NDArray[np.int64], pieces: dict[int, tuple[int, Bits]]
) -> bytes:
    """The bits of all blocks, those of `pieces` from a place on after new ones; padded and stuffed."""
    import numpy as np

    done, kept = [], 0
    for block in sorted(pieces):
        after, new = pieces[block]
        done += [bits[kept : starts[block]], new]
        kept = after
    done.append(bits[kept : starts[-1]])
    whole = np.concatenate(done)
    filled = np.concatenate([whole, np.ones(-len(whole) % 8, "u1")])
    return np.packbits(filled).tobytes().replace(b"\xff", b"\xff\x00")
