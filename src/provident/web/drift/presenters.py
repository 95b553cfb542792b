"""Charts and alarms as pages show them: readers by their code, no case, no date of a read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from provident.reading.drift import Board, Line, LineState
from provident.reading.drift_rules import Kind, Of
from provident.web.ui.control import Control, control
from provident.web.ui.numbers import plain, plural


TITLES = {
    Of.ADJUDICATED_AGAINST: "Adjudications against the reader",
    Of.BIAS: "Bias against the other readers",
    Of.MINUTES: "Speed",
    Of.NOT_EVALUABLE: "Not evaluable",
    Of.DISCORDANT: "Discordant cases",
}
HOW = {
    (Of.ADJUDICATED_AGAINST, Kind.CUSUM): "Rises with each case that was adjudicated against the reader, falls a little with each other one.",
    (Of.ADJUDICATED_AGAINST, Kind.P): "The share of cases that were adjudicated against the reader, batch by batch.",
    (Of.BIAS, Kind.EWMA): "A moving average of the reader's score less the mean of the other readers on the same case.",
    (Of.MINUTES, Kind.EWMA): "A moving average of the active minutes of a read (geometric), against the reader's own first reads.",
    (Of.NOT_EVALUABLE, Kind.CUSUM): "Rises with each read that was not evaluable, falls a little with each other one.",
    (Of.NOT_EVALUABLE, Kind.P): "The share of reads that were not evaluable, batch by batch.",
    (Of.DISCORDANT, Kind.CUSUM): "Rises with each discordant case, falls a little with each other one.",
    (Of.DISCORDANT, Kind.P): "The share of discordant cases, batch by batch.",
}  # fmt: skip
LOOKS = {
    LineState.TOO_FEW: ("grey", "too few reads"),
    LineState.QUIET: ("green", "as planned"),
    LineState.SIGNAL: ("red", "signals"),
}
STATES = {
    "raised": ("red", "raised"),
    "acknowledged": ("amber", "taken on"),
    "acted": ("blue", "acted on"),
    "closed": ("green", "closed"),
}
DOES = {
    "hold": "Hold",
    "notify": "Tell",
    "retrain": "Retrain",
    "requalify": "Qualify again",
}


def title(chart: str) -> str:
    """A chart's name for people."""
    return TITLES[Of(chart)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One reader's line: the chart, and the same as a table."""

    reader: str
    colour: str
    word: str
    words: str
    picture: Markup
    rows: list[tuple[int, str, str, str, bool]]
    points: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One rule over all readers."""

    title: str
    how: str
    operating: str
    plain_rule: str
    remark: str
    lines: list[Picture]


def cards(boards: Iterable[Board], codes: Mapping[int, str]) -> list[Card]:
    """The charts of a design, as far as they are handed in."""
    return [
        Card(
            title=TITLES[b.of],
            how=HOW[b.of, b.kind],
            operating=b.operating.words if b.operating else "",
            plain_rule=b.operating.plain_words if b.operating else "",
            remark=b.remark,
            lines=[_picture(b, line, codes[int(line.reader)]) for line in b.lines],
        )
        for b in boards
    ]


def _shown(of: Of, values: Sequence[float]) -> list[float]:
    """In the units of people: minutes instead of their logarithms."""
    return [math.exp(v) for v in values] if of is Of.MINUTES else list(values)


def _said(value: float, unit: str) -> str:
    if unit == "%":
        return f"{100 * value:.0f} %"
    return f"{plain(float(f'{value:.3g}'))} {unit}".strip()


def _unit(board: Board) -> str:
    if board.kind is Kind.P:
        return "%"
    return {Of.MINUTES: "min"}.get(board.of, "")


def _picture(board: Board, line: Line, code: str) -> Picture:
    colour, word = LOOKS[line.state]
    unit, points = _unit(board), "batch" if board.kind is Kind.P else "read"
    told = [_shown(board.of, v) for v in (line.values, line.lower, line.upper, line.centre)]  # fmt: skip
    values, lower, upper, centre = told
    words = _words(line, points)
    rise = board.kind is Kind.CUSUM
    chart = Control(
        values=values, upper=upper, lower=() if rise else lower, centre=() if rise else centre, signals=line.signals,
        first=line.first, points=points, unit=unit,
    )  # fmt: skip
    return Picture(
        reader=code, colour=colour, word=word, words=words, points=points,
        picture=control(chart, title=f"{TITLES[board.of]}, {code}", words=words),
        rows=[
            (line.first + n, _said(v, unit), "" if rise else _said(lower[n], unit), _said(upper[n], unit), n in line.signals)
            for n, v in enumerate(values)
        ],
    )  # fmt: skip


def _words(line: Line, points: str) -> str:
    counted = plural(line.reads, "read")
    if line.state is LineState.TOO_FEW:
        return f"{counted} so far; {plural(line.needed, 'is', 'are')} needed before this chart says anything."
    if line.state is LineState.SIGNAL:
        return f"{counted}; outside the limits at {points} {line.at}."
    return f"{counted}; inside the limits."


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One reader of one design: a word for each chart."""

    endpoint: str
    design: str
    reader: str
    reads: int
    looks: list[tuple[str, str, str]]  # chart, colour, word
    charts: bool  # whether this person may open them


def summaries(
    found: Mapping[str, tuple[Any, list[Board]]], codes: Mapping[int, str], *, may_chart: bool
) -> list[Summary]:  # fmt: skip
    """A line for each reader of each design."""
    made = []
    for endpoint, (run, boards) in found.items():
        readers = sorted({int(line.reader) for b in boards for line in b.lines})
        for reader in readers:
            lines = [(b, line) for b in boards for line in b.lines if int(line.reader) == reader]  # fmt: skip
            made.append(
                Summary(
                    endpoint=endpoint,
                    design=endpoint.replace("_", " "),
                    reader=codes[reader],
                    reads=run.counts.get(str(reader), 0),
                    looks=[(TITLES[b.of], *LOOKS[line.state]) for b, line in lines],
                    charts=may_chart,
                )
            )
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmLine:
    """One alarm in a list, and the head of its page."""

    pk: int
    design: str
    endpoint: str
    reader: str
    chart: str
    signal: str
    colour: str
    word: str
    raised_at: datetime
    open: bool


def alarm_line(row: Any, codes: Mapping[int, str]) -> AlarmLine:
    """An alarm for people."""
    colour, word = STATES[row.state]
    point = "batch" if _is_shares(row) else "read"
    return AlarmLine(
        pk=row.pk, design=row.design.replace("_", " "), endpoint=row.design, reader=codes[row.reader_id],
        chart=title(row.chart), signal=f"{point} {row.at_read}", colour=colour, word=word, raised_at=row.raised_at,
        open=row.state != "closed",
    )  # fmt: skip


def _is_shares(row: Any) -> bool:
    return any(b["of"] == row.chart and b["kind"] == Kind.P for b in row.run.boards)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What the plan wanted done, and what became of it."""

    do: str
    words: str
    colour: str
    word: str


def steps(row: Any) -> list[Step]:
    """What followed an alarm by the plan."""
    return [
        Step(
            do=DOES[f["do"]],
            words=f["words"],
            colour="green" if f["done"] else "amber",
            word="done" if f["done"] else "by hand",
        )
        for f in row.follows
    ]
