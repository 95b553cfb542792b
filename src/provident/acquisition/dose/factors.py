"""Named, versioned sets of factors that turn dose quantities into effective dose.

A set is data: those that ship stand in `data/`, each with its source and date; a study
may bring its own table in the same form (`k_factors` in the plan). Effective dose is an
estimate for a reference person, uncertain by some 40 % (AAPM Report 96): it serves the
ledger of a study, not an individual risk.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from math import isfinite
from typing import Any

from provident.kernel import Finding, InvalidInput, NotFound, Place, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class CTFactor:
    """mSv per mGy.cm of one region, for the CTDI phantom in which the DLP is stated."""

    region: str
    phantom_cm: int
    msv_per_mgycm: float
    from_age: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectionFactor:
    """mSv per Gy.cm2 of one region; an empty view fits each view."""

    region: str
    msv_per_gycm2: float
    view: str = ""
    from_age: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TracerFactor:
    """mSv per MBq of one tracer."""

    tracer: str
    msv_per_mbq: float
    from_age: float = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorSet:
    """A named set of factors with its version, source and date."""

    name: str
    version: str
    source: str
    date: str
    ct: tuple[CTFactor, ...] = ()
    projection: tuple[ProjectionFactor, ...] = ()
    tracers: tuple[TracerFactor, ...] = ()
    aliases: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Name and version, as a derivation states them."""
        return f"{self.name} {self.version}"


def named(name: str) -> FactorSet:
    """A set that ships.

    Raises:
        NotFound: there is no set of that name; the message lists those that are.
    """
    for one in BUILT_IN:
        if name in (one.name, *one.aliases):
            return one
    names = ", ".join(one.name for one in BUILT_IN)
    raise NotFound(f'There is no set of factors "{name}"; there are {names}.')


# kind of rows -> the key of the factor, and the other keys that a row must have
_ROWS = {
    "ct": ("msv_per_mgycm", ("region", "phantom_cm")),
    "projection": ("msv_per_gycm2", ("region",)),
    "tracers": ("msv_per_mbq", ("tracer",)),
}
_HEAD = ("name", "version", "source", "date")
_OPTIONAL = {
    "ct": {"from_age"},
    "projection": {"from_age", "view"},
    "tracers": {"from_age"},
}
_DATE = re.compile(r"\d{4}(-\d\d){0,2}")


def factor_set(table: Any, *, file: str = "") -> FactorSet:
    """A study's own table of factors, such as the files in `data/`.

    Raises:
        InvalidInput: with everything that is wrong with the table.
    """
    if not isinstance(table, Mapping):
        raise InvalidInput(
            "A table of factors is a mapping with name, version, source, date and rows."
        )
    problems = list(_wrong(table))
    if problems:
        raise InvalidInput(
            f"The table of factors{f' {file}' if file else ''} cannot be used.",
            [
                Finding(
                    code="DOSE.FACTORS",
                    severity=Severity.ERROR,
                    where=Place(file=file or None),
                    message=problem,
                    remedy="Correct the table.",
                    subdomain="acquisition.dose",
                )
                for problem in problems
            ],
        )
    return FactorSet(
        name=str(table["name"]),
        version=str(table["version"]),
        source=str(table["source"]),
        date=str(table["date"]),
        ct=tuple(CTFactor(**_row(row)) for row in table.get("ct") or ()),
        projection=tuple(
            ProjectionFactor(**_row(row)) for row in table.get("projection") or ()
        ),
        tracers=tuple(TracerFactor(**_row(row)) for row in table.get("tracers") or ()),
        aliases=tuple(table.get("aliases") or ()),
    )


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v.strip().lower() if isinstance(v, str) else v for k, v in row.items()}


def _wrong(table: Mapping[str, Any]) -> list[str]:
    problems = [
        f"`{key}` is missing: a figure without it cannot be traced"
        for key in _HEAD
        if not str(table.get(key) or "").strip()
    ]
    if not problems and not _DATE.fullmatch(str(table["date"])):
        problems.append("`date` is not a date such as 2026-03-01")
    unknown = sorted(set(map(str, table)) - {*_HEAD, *_ROWS, "aliases"})
    problems += [
        f'"{key}" is not known; rows stand under {", ".join(_ROWS)}' for key in unknown
    ]
    rows = 0
    for name in _ROWS:
        listed = table.get(name) or ()
        if not isinstance(listed, list | tuple):
            problems.append(f"`{name}` is not a list of rows")
            continue
        rows += len(listed)
        for n, row in enumerate(listed, 1):
            problems += [f"{name}, row {n}: {wrong}" for wrong in _wrong_row(name, row)]
    if not rows and not problems:
        problems.append("there are no rows")
    return problems + _twice(table)


def _wrong_row(name: str, row: Any) -> list[str]:
    value, needed = _ROWS[name]
    if not isinstance(row, Mapping):
        return ["it is not a mapping"]
    wrong = [
        f"`{key}` is missing" for key in (*needed, value) if row.get(key) in (None, "")
    ]
    known = {*needed, value, *_OPTIONAL[name]}
    wrong += [f'"{key}" is not known' for key in sorted(set(map(str, row)) - known)]
    checks: dict[str, tuple[Callable[[Any], bool], str]] = {
        value: (lambda v: _is_number(v) and v > 0, "a number above 0"),
        "from_age": (lambda v: _is_number(v) and v >= 0, "an age in years"),
        "phantom_cm": (lambda v: v in (16, 32), "16 or 32"),
    }
    for key, (fits, expected) in checks.items():
        if row.get(key) not in (None, "") and not fits(row[key]):
            wrong.append(f"`{key}` is not {expected}")
    return wrong


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, int | float)
        and not isinstance(value, bool)
        and isfinite(value)
    )


def _twice(table: Mapping[str, Any]) -> list[str]:
    problems = []
    for name, (value, _) in _ROWS.items():
        listed = table.get(name) or ()
        rows = (
            [_row(r) for r in listed if isinstance(r, Mapping)]
            if isinstance(listed, list | tuple)
            else []
        )
        seen = set[str]()
        for row in rows:
            key = repr(sorted((k, v) for k, v in row.items() if k != value))
            if key in seen:
                problems.append(
                    f"{name}: the same row stands twice ({next(iter(row.values()))})"
                )
            seen.add(key)
    return problems


def shipped(file: str) -> Any:
    """A data file that ships with this package."""
    return json.loads(files(__package__).joinpath("data", file).read_text("utf-8"))


BUILT_IN: tuple[FactorSet, ...] = tuple(
    factor_set(shipped(file), file=file)
    for file in ("shrimpton-icrp60.json", "icrp-128.json")
)
