"""Checks that a form computes the score it is named for, and is hidden from other readers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from provident.kernel import Severity
from provident.plan.models.forms import Answerable, FormFile
from provident.plan.places import Path
from provident.programme.checks.registry import Flag, PlanUnderCheck, check


@cache
def _published(name: str) -> FormFile | None:
    from provident.forms.shipped import SCORES, score_file
    from provident.plan.document import read_document

    if name not in SCORES:
        return None
    return FormFile.model_validate(read_document(name, score_file(name)).value)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _asked(answer: Answerable) -> tuple[Any, ...]:
    return (
        sorted(map(str, answer.choices or ())),
        str(answer.range) if answer.range is not None else None,
        str(answer.number) if answer.number is not None else None,
    )


def _computed(form: FormFile) -> dict[Path, str]:
    found: dict[Path, str] = {
        ("derive", n): d.value for n, d in form.parts.derived.items()
    }
    for g, grid in form.grids.items():
        found |= {("grids", g, "each", n): d.value for n, d in grid.each.items()}
    return {path: _squeezed(value) for path, value in found.items()}


def _answers(form: FormFile) -> dict[Path, Answerable]:
    found: dict[Path, Answerable] = {("items", n): i for n, i in form.items.items()}
    for g, grid in form.grids.items():
        found |= {("grids", g, "columns", n): col for n, col in grid.columns.items()}
    return found


def _rows(form: FormFile) -> dict[Path, Any]:
    return {
        ("grids", g, "rows"): grid.rows if isinstance(grid.rows, str) else sorted(grid.rows or ())
        for g, grid in form.grids.items()
    }  # fmt: skip


def _altered(form: FormFile, score: FormFile) -> Iterator[tuple[Path, str]]:
    """What a form lacks of a published score, or computes, asks or counts otherwise."""
    pairs: tuple[tuple[Mapping[Path, Any], Mapping[Path, Any]], ...] = (
        (_computed(form), _computed(score)),
        ({p: _asked(a) for p, a in _answers(form).items()}, {p: _asked(a) for p, a in _answers(score).items()}),
        (_rows(form), _rows(score)),
    )  # fmt: skip
    for ours, theirs in pairs:
        for path, value in theirs.items():
            if path not in ours:
                yield path, f"lacks {'.'.join(map(str, path))}"
            elif ours[path] != value:
                yield path, f"has another {'.'.join(map(str, path))}"


@check(
    code="FORM.SCORE_ALTERED",
    subdomain="reading.methods",
    severity=Severity.WARNING,
    finds="A form named as a published score that asks or computes otherwise than the score does, or does not cite it.",
    why="Results under a published name are pooled with others of that name.",
    remedy="Compute as published (`provident.forms.SCORES`), or give the form another id.",
)
def score_altered(c: PlanUnderCheck) -> Iterator[Flag]:
    for key, form in c.plan.forms.items():
        score = _published(form.form)
        if score is None:
            continue
        faults = list(_altered(form, score))
        if form.source is None:
            faults.append((("source",), "does not say where the score was published"))
        file = c.file("forms", key)
        for path, words in faults:
            yield Flag(
                file=file,
                path=path if _there(c.loaded.documents[file], path) else ("form",),
                key=True,
                message=f"{key} {words} than the published score has"
                if "another" in words
                else f"{key} {words}",
                expected="as the published score",
                found="not so",
            )


def _there(document: Any, path: Path) -> bool:
    for step in path:
        if not isinstance(document, dict) or step not in document:
            return False
        document = document[step]
    return True


@check(
    code="FORM.OTHER_READERS_SEE",
    subdomain="reading.methods",
    severity=Severity.WARNING,
    finds="Scores that readers of another form of the same participants are not kept from, while they shall be blind to others' answers.",
    why="A reader who has seen another's answer repeats it (PROVIDENT, examples B and C).",
    remedy="Name the other readers under `access.hidden_from:` of the form.",
)
def other_readers_see(c: PlanUnderCheck) -> Iterator[Flag]:
    blind = {
        d.readers.pool for d in c.plan.reading.values() if "other_answers" in d.hide
    }
    if c.plan.study.kind == "diagnostic accuracy":
        blind |= {m.read_at_scan.by for m in c.plan.imaging.values() if m.read_at_scan}  # fmt: skip
    for key, form in c.plan.forms.items():
        if not any(d.form == key for d in c.plan.reading.values()):
            continue
        seeing = sorted(blind - set(form.access.enter) - set(form.access.hidden_from))
        if seeing and form.access.enter:
            yield Flag(
                file=c.file("forms", key),
                path=("access",),
                key=True,
                message=f"{', '.join(seeing)} could see answers of {key}",
                expected=f"hidden_from: {', '.join(seeing)}",
                found=", ".join(form.access.hidden_from) or "hidden from nobody",
            )


def _twins(a: FormFile, b: FormFile) -> bool:
    """Whether two forms ask the same: of the same rows with most columns, or, without grids, most items."""
    shared = [g for g in a.grids if g in b.grids and a.grids[g].rows == b.grids[g].rows]
    columns = [(set(a.grids[g].columns), set(b.grids[g].columns)) for g in shared]
    if columns:
        asked = max(len(x & y) for x, y in columns) if len(columns) < 2 else 2
        return asked >= 2 and all(2 * len(x & y) > len(x | y) for x, y in columns)
    if a.grids or b.grids:
        return False
    ours, theirs = set(a.items), set(b.items)
    return len(ours & theirs) >= 4 and 5 * len(ours & theirs) >= 4 * len(ours | theirs)


def _differ(a: FormFile, b: FormFile) -> Iterator[Path]:
    ours = {
        **_computed(a),
        **{p: (_asked(x), x.missing) for p, x in _answers(a).items()},
    }
    theirs = {
        **_computed(b),
        **{p: (_asked(x), x.missing) for p, x in _answers(b).items()},
    }
    for path in dict.fromkeys([*ours, *theirs]):
        if ours.get(path) != theirs.get(path):
            yield path


@check(
    code="FORM.TWINS_DIFFER",
    subdomain="reading.methods",
    severity=Severity.WARNING,
    finds="Two forms that score the same rows for two tests, of which one asks or computes something that the other does not, or otherwise.",
    why="Two tests are compared place by place only where both were asked the same.",
    remedy="Ask and compute the same in both, or give the rows of one another name.",
)
def twins_differ(c: PlanUnderCheck) -> Iterator[Flag]:
    forms = list(c.plan.forms.items())
    for i, (key, form) in enumerate(forms):
        for other, twin in forms[i + 1 :]:
            for path in _differ(form, twin) if _twins(form, twin) else ():
                file = c.file("forms", key)
                yield Flag(
                    file=file,
                    path=path if _there(c.loaded.documents[file], path) else ("form",),
                    key=True,
                    message=f"{key} and {other} score the same rows and differ in {'.'.join(map(str, path))}",
                    expected="the same in both",
                    found="not so",
                )
