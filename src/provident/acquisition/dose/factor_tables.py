"""A study's own factors as a CSV, which stands in the plan's folder and is versioned with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from provident.acquisition.dose.factors import FactorSet, factor_set
from provident.kernel import Finding, InvalidInput, Place, Severity


COLUMNS = (
    "kind", "region", "view", "phantom_cm", "tracer", "from_age", "factor", "version", "source", "date",
)  # fmt: skip
# kind of row -> the list it belongs to, the key of its factor, the columns that it may fill
_KINDS = {
    "ct": ("ct", "msv_per_mgycm", ("region", "phantom_cm", "from_age")),
    "projection": ("projection", "msv_per_gycm2", ("region", "view", "from_age")),
    "tracer": ("tracers", "msv_per_mbq", ("tracer", "from_age")),
}
_NUMBERS = ("phantom_cm", "from_age", "factor")


def factor_table(data: bytes, *, file: str) -> FactorSet:
    """The factors of a CSV with the columns `COLUMNS`; the set has the name of the file.

    `factor` is in mSv per mGy.cm (ct), per Gy.cm2 (projection) or per MBq (tracer). Each row names
    its source; version and date are those of the table and the same in all rows.

    Raises:
        InvalidInput: with everything that is wrong with the table.
    """
    rows, problems = _rows(data)
    table: dict[str, Any] = {
        "name": PurePosixPath(file).stem,
        **{key: _one(rows, key, problems) for key in ("version", "date")},
        "source": "; ".join(dict.fromkeys(row["source"] for row in rows)),
    }
    for n, row in enumerate(rows, 1):
        if row["kind"] not in _KINDS:
            problems.append(
                f'row {n}: "{row["kind"]}" is no kind of row; {", ".join(_KINDS)}'
            )
            continue
        name, made = _made(row, n, problems)
        table.setdefault(name, []).append(made)
    if problems:
        raise InvalidInput(
            f"The table of factors {file} cannot be used.",
            [_finding(file, problem) for problem in problems],
        )
    return factor_set(table, file=file)


def _rows(data: bytes) -> tuple[list[dict[str, str]], list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [], ["it is not a CSV in UTF-8"]
    reader = csv.DictReader(io.StringIO(text, newline=""))
    lacking = [c for c in COLUMNS if c not in (reader.fieldnames or ())]
    if lacking:
        return [], [f"the columns {', '.join(lacking)} are missing"]
    rows = [{c: (row[c] or "").strip() for c in COLUMNS} for row in reader]
    return rows, [] if rows else ["there are no rows"]


def _one(rows: list[dict[str, str]], key: str, problems: list[str]) -> str:
    found = sorted({row[key] for row in rows})
    if len(found) > 1:
        problems.append(f"`{key}` differs between rows: {', '.join(found)}")
    return found[0] if found else ""


def _made(
    row: Mapping[str, str], n: int, problems: list[str]
) -> tuple[str, dict[str, Any]]:
    name, factor, columns = _KINDS[row["kind"]]
    made: dict[str, Any] = {}
    for column in (*columns, "factor"):
        if not row[column]:
            continue
        value = _value(row[column], column)
        if value is None:
            problems.append(f"row {n}: `{column}` is not a number")
        made[factor if column == "factor" else column] = value
    filled = [c for c in COLUMNS[1:6] if row[c] and c not in columns]
    problems += [f"row {n}: a {row['kind']} row has no `{c}`" for c in filled]
    return name, made


def _value(text: str, column: str) -> str | float | None:
    if column not in _NUMBERS:
        return text
    try:
        return float(text)
    except ValueError:
        return None


def _finding(file: str, problem: str) -> Finding:
    return Finding(
        code="DOSE.FACTORS",
        severity=Severity.ERROR,
        where=Place(file=file),
        message=problem,
        remedy="Correct the table.",
        subdomain="acquisition.dose",
    )
