"""Readings as a long CSV has them: one row a reading; faults are named by file and line."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from provident.kernel import InvalidInput
from provident.statistics.mrmc import ReadStudy, read_study


COLUMNS = ("case", "reader", "modality", "truth", "score")
# How the programs of trials units write that there is no value. "none" is a score.
_BLANKS = frozenset({"", "na", "nan", "n/a", "."})
_MOST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One row: who scored which case in which modality. `score` is None for a blank."""

    line: int
    case: str
    reader: str
    modality: str
    truth: str | None
    score: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Readings:
    """The rows of one file, and the file's name for messages."""

    file: str
    rows: tuple[Reading, ...]

    def only(
        self, *, reader: Sequence[str] = (), modality: str | None = None
    ) -> Readings:
        """Those readers and that modality alone. Raises `InvalidInput` for unknown ones."""
        for wanted, known, what in (
            (reader, self.readers, "reader"),
            ([modality] if modality is not None else [], self.modalities, "modality"),
        ):
            unknown = [one for one in wanted if one not in known]
            if unknown:
                raise InvalidInput(
                    f"{self.file}: there is no {what} {unknown[0]}; there are {', '.join(known)}."
                )
        return Readings(
            file=self.file,
            rows=tuple(
                row
                for row in self.rows
                if (not reader or row.reader in reader)
                and modality in (None, row.modality)
            ),
        )

    @property
    def readers(self) -> tuple[str, ...]:
        """In the order in which they come."""
        return tuple(dict.fromkeys(row.reader for row in self.rows))

    @property
    def modalities(self) -> tuple[str, ...]:
        """In the order in which they come."""
        return tuple(dict.fromkeys(row.modality for row in self.rows))

    @property
    def blanks(self) -> tuple[Reading, ...]:
        """The rows without a score."""
        return tuple(row for row in self.rows if row.score is None)


def read_readings(path: Path, renames: Mapping[str, str] | None = None) -> Readings:
    """Read a CSV with a header: case, score, and reader, modality, truth where there are.

    `renames` maps our names to the file's. Comma, semicolon or tab; UTF-8. Raises
    `InvalidInput` with every fault's file and line.
    """
    rows = _rows(path)
    if not rows:
        raise InvalidInput(
            f"{path.name}:1: the file is empty; it needs a header and rows."
        )
    place = _header(path.name, rows[0], renames or {})
    width = len(rows[0])
    faults: list[str] = []
    found = []
    for line, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != width:
            faults.append(
                f"{path.name}:{line}: {len(row)} cells, but the header has {width}."
            )
            continue
        reading = _reading(line, [cell.strip() for cell in row], place)
        if not reading.case:
            faults.append(f"{path.name}:{line}: the case has no name.")
        found.append(reading)
    refuse(faults)
    if not found:
        raise InvalidInput(f"{path.name}:1: there is a header, but there are no rows.")
    return Readings(file=path.name, rows=tuple(found))


def refuse(faults: Sequence[str]) -> None:
    """Raise `InvalidInput` with all of them, the first twenty in full."""
    if faults:
        more = [f"... and {len(faults) - _MOST} more."] if len(faults) > _MOST else []
        raise InvalidInput("\n".join([*faults[:_MOST], *more]))


def table(
    readings: Readings, by: Callable[[Reading], str], *, numeric: bool
) -> tuple[list[list[Any]], tuple[str, ...]]:
    """Cases x readers (or modalities, as `by` says), None where nothing is; and the columns.

    Raises `InvalidInput` where a cell is there twice, or a score is no number and should be.
    """
    columns = tuple(dict.fromkeys(by(row) for row in readings.rows))
    place = {name: i for i, name in enumerate(columns)}
    cells: dict[str, list[Any]] = {}
    seen: dict[tuple[str, str], int] = {}
    faults: list[str] = []
    convert = _converter(readings, numeric=numeric, faults=faults)
    for row in readings.rows:
        first = seen.setdefault((row.case, by(row)), row.line)
        if first != row.line:
            faults.append(
                f"{readings.file}:{row.line}: case {row.case} has a score by {by(row)} in line {first} already."
            )
        line = cells.setdefault(row.case, [None] * len(columns))
        line[place[by(row)]] = convert(row)
    refuse(faults)
    return list(cells.values()), columns


def replicates(
    readings: Readings, by: Callable[[Reading], str]
) -> tuple[list[dict[str, list[float]]], tuple[str, ...]]:
    """Of each case, the scores by column, several where measured again; blanks left out."""
    columns = tuple(dict.fromkeys(by(row) for row in readings.rows))
    faults: list[str] = []
    convert = _converter(readings, numeric=True, faults=faults)
    cells: dict[str, dict[str, list[float]]] = {}
    for row in readings.rows:
        value = convert(row)
        if value is not None:
            cells.setdefault(row.case, {}).setdefault(by(row), []).append(value)
    refuse(faults)
    return list(cells.values()), columns


def study(readings: Readings, *, positive: str = "1") -> ReadStudy:
    """A multireader study; `positive` is the truth that means diseased.

    Raises `InvalidInput` with file and line: no truth, two truths, a case twice in a cell,
    a score that is no number.
    """
    faults: list[str] = []
    convert = _converter(readings, numeric=True, faults=faults)
    truths: dict[str, str] = {}
    seen: dict[tuple[str, str, str], int] = {}
    for row in readings.rows:
        at = f"{readings.file}:{row.line}"
        if row.truth is None:
            faults.append(f"{at}: the truth of case {row.case} is blank.")
        elif truths.setdefault(row.case, row.truth) != row.truth:
            faults.append(
                f"{at}: case {row.case} is {row.truth} here and {truths[row.case]} above."
            )
        first = seen.setdefault((row.case, row.reader, row.modality), row.line)
        if first != row.line:
            faults.append(
                f"{at}: case {row.case} is read by {row.reader or 'the reader'} in line {first} already."
            )
    scores = [convert(row) for row in readings.rows]
    refuse(faults)
    _check_truths(readings.file, truths, positive)
    rows = readings.rows
    return read_study(
        reader=[row.reader for row in rows],
        treatment=[row.modality for row in rows],
        case=[row.case for row in rows],
        truth=[float(row.truth == positive) for row in rows],
        rating=scores,
    )


def _check_truths(file: str, truths: Mapping[str, str], positive: str) -> None:
    values = set(truths.values())
    if positive not in values:
        raise InvalidInput(
            f"{file}: no case has the truth {positive}; there are {', '.join(sorted(values)[:5])}. "
            "Say which one means diseased with --positive."
        )
    if len(values) > 2:
        raise InvalidInput(
            f"{file}: there are {len(values)} different truths ({', '.join(sorted(values)[:5])}); two are needed."
        )


def has_truth(readings: Readings) -> bool:
    """True where the file has a column of truths."""
    return any(row.truth is not None for row in readings.rows)


def _converter(
    readings: Readings, *, numeric: bool, faults: list[str]
) -> Callable[[Reading], Any]:
    """Score to number (a fault where it is none); to number or word where words may be."""
    words = not numeric and not all(
        _number(row.score) is not None for row in readings.rows if row.score is not None
    )

    def convert(row: Reading) -> Any:
        if row.score is None:
            return None
        if words:
            return row.score
        value = _number(row.score)
        if value is None:
            faults.append(
                f'{readings.file}:{row.line}: the score "{row.score}" is not a number.'
            )
        return value

    return convert


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _rows(path: Path) -> list[list[str]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InvalidInput(f"{path}: {error.strerror or 'cannot be read'}.") from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise InvalidInput(
            f"{path.name}:{line}: not UTF-8. Save the file as CSV UTF-8."
        ) from None
    head = text.split("\n", 1)[0]
    comma = max(",;\t", key=head.count)
    try:
        return list(
            csv.reader(io.StringIO(text, newline=""), delimiter=comma, strict=True)
        )
    except csv.Error as error:
        raise InvalidInput(f"{path.name}: not a CSV file: {error}.") from None


def _header(
    file: str, header: Sequence[str], renames: Mapping[str, str]
) -> dict[str, int]:
    names = [name.strip() for name in header]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise InvalidInput(f"{file}:1: the column {twice[0]} is there twice.")
    place = {}
    for ours in COLUMNS:
        theirs = renames.get(ours, ours)
        if theirs in names:
            place[ours] = names.index(theirs)
        elif ours in renames:
            raise InvalidInput(f"{file}:1: {_no_column(theirs, names)}")
    for needed in ("case", "score"):
        if needed not in place:
            raise InvalidInput(
                f"{file}:1: {_no_column(needed, names)} Say --columns THEIRS={needed}."
            )
    if "reader" not in place and "modality" not in place:
        raise InvalidInput(
            f"{file}:1: a column reader or modality must say what is compared. Say --columns THEIRS=reader."
        )
    return place


def _no_column(name: str, names: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(names), 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    return f"there is no column {name}; there are {', '.join(names)}.{hint}"


def _reading(line: int, cells: Sequence[str], place: Mapping[str, int]) -> Reading:
    def cell(name: str) -> str:
        return cells[place[name]] if name in place else ""

    def known(name: str) -> str | None:
        text = cell(name)
        return None if text.lower() in _BLANKS else text

    return Reading(
        line=line,
        case=cell("case"),
        reader=cell("reader"),
        modality=cell("modality"),
        truth=known("truth"),
        score=known("score"),
    )
