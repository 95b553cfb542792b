"""Delete and contradict each field of a plan in turn, and list what no check notices.

    python tools/plan_mutations.py [TEMPLATE ...]        all templates of plans/ without names
    python tools/plan_mutations.py --at-least 95         exit 1 when fewer are noticed
    python tools/plan_mutations.py --survivors           every survivor with its file and path

A field is deleted once: each key of a mapping, each item of a list. A field with a grammar is
contradicted once: numbers and dates far up or far down, a word by another that its schema allows,
a name by another of its kind. It counts as noticed when one of these changes the findings.
Prose and labels are left out: no rule reads prose (design.md); the table LABELS says which else and why.
"""

from __future__ import annotations

import argparse
import copy
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib import import_module
from typing import Any

from provident import plan, programme
from provident.kernel import PlanError
from provident.plan.places import Path
from provident.plan.references import TABLE, Definitions, named


# operation and pattern of file: path -> why neither is wrong in itself. `*` is either operation.
_WORDS = "a word that people choose; one more or less of several is no mistake, and too few is a finding"
_NAMES = "a name or number of the team's own; it is stated in one place only, so that nothing can contradict it"
_DERIVED = (
    "taken from the name or the place when it is not stated, with the same meaning"
)
_SPREAD = "the spread of a figure, which the forecast alone uses; any value may be true"
_RULE = "one rule of a protocol among several; which ones a trial needs is the physicist's choice"
_CHOICE = "a choice of the trial's design between two that are both right"
_SHOWN = "how it is shown or which tool fills it in; the stored value is the same, and a unit that does not fit is refused"
_SAFER = "left out, more is removed, looked at or held than with it, never less"
LABELS: dict[tuple[str, str], str] = {
    ("delete", "people.yaml: roles.*.acts_as"): _DERIVED,
    ("delete", "people.yaml: training.*.kind"): _DERIVED,
    ("delete", "people.yaml: training.*.modality"): _DERIVED,
    ("delete", "consent.yaml: options.*.covers*"): _DERIVED,
    ("delete", "sites.yaml: sites.*.name"): _DERIVED,
    ("delete", "sites.yaml: sites.*.aet"): _DERIVED,
    ("delete", "sites.yaml: sites.*.prefix"): _DERIVED,
    ("*", "*: title"): _NAMES,
    ("*", "*: label"): _NAMES,
    ("*", "*.label"): _NAMES,
    ("*", "*.title"): _NAMES,
    ("*", "study.yaml: registration*"): _NAMES,
    ("*", "study.yaml: phase"): _NAMES,
    ("*", "*.serial"): _NAMES,
    ("contradict", "sites.yaml: scanners.*.software"): _NAMES,
    ("contradict", "flows.yaml: impact_assessment.id"): _NAMES,
    ("contradict", "imaging/*.yaml: manual"): _NAMES,
    ("contradict", "deidentification.yaml: deidentification.version"): _NAMES,
    ("*", "costs.yaml: attribution"): _NAMES,
    ("*", "costs.yaml: inflation*"): _NAMES,
    ("delete", "forms/*.yaml: *.choices.*"): _WORDS,
    ("delete", "forms/*.yaml: *.missing.[0-9]*"): _WORDS,
    ("delete", "forms/*.yaml: *.rows.*"): _WORDS,
    ("delete", "quality.yaml: human.score.*.[0-9]*"): _WORDS,
    ("contradict", "quality.yaml: human.score.*"): _WORDS,
    ("delete", "sites.yaml: survey.[0-9]*"): _WORDS,
    ("*", "sites.yaml: survey.*.accept*"): _WORDS,
    ("delete", "study.yaml: not_done*"): _WORDS,
    ("delete", "study.yaml: recruitment.measures.*"): _WORDS,
    ("delete", "consent.yaml: withdrawal.*.decided_by.[0-9]*"): _WORDS,
    ("*", "reading/*.yaml: minutes.cv"): _SPREAD,
    ("*", "study.yaml: recruitment.forecast.rate.cv"): _SPREAD,
    ("*", "imaging/*.yaml: vendor*"): _RULE,
    ("*", "imaging/*.yaml: series.*.vendor*"): _RULE,
    ("delete", "imaging/*.yaml: series.*.require.*"): _RULE,
    ("delete", "imaging/*.yaml: series.*.match.*"): _RULE,
    ("delete", "imaging/*.yaml: same_as_baseline.[0-9]*"): _RULE,
    ("*", "imaging/*.yaml: severity*"): _RULE,
    ("*", "imaging/*.yaml: change.watch.[34]"): _RULE,
    ("*", "imaging/*.yaml: strictness"): _CHOICE,
    ("*", "imaging/*.yaml: on_repeat"): _CHOICE,
    ("contradict", "study.yaml: milestones.unblinding.emergency"): _CHOICE,
    ("contradict", "study.yaml: outcomes.*.role"): _CHOICE,
    ("contradict", "consent.yaml: withdrawal.*.new_reads"): _CHOICE,
    ("contradict", "reading/*.yaml: final.*"): _CHOICE,
    ("*", "reading/*.yaml: order.strata*"): _CHOICE,
    ("contradict", "reading/*.yaml: minutes.per"): _CHOICE,
    ("contradict", "reading/*.yaml: present.mode"): _CHOICE,
    ("*", "reading/*.yaml: repeats.strata*"): _CHOICE,
    ("*", "imaging/phantoms.yaml: phantoms.*.grace"): _CHOICE,
    ("contradict", "imaging/phantoms.yaml: phantoms.*.baseline"): _CHOICE,
    ("contradict", "imaging/phantoms.yaml: phantoms.*.engine"): _CHOICE,
    ("contradict", "reading/*.yaml: adjudicate.technical_query_first"): _CHOICE,
    ("contradict", "reading/*.yaml: unreadable.second_reader"): _CHOICE,
    ("contradict", "reading/*.yaml: replace.reads"): _CHOICE,
    ("*", "reading/*.yaml: readers.assignment"): _CHOICE,
    ("*", "reading/*.yaml: unscheduled*"): _CHOICE,
    ("*", "reading/*.yaml: hang*"): _SHOWN,
    ("*", "reading/*.yaml: readers.eligible*"): _WORDS,
    ("delete", "reading/*.yaml: order"): _DERIVED,
    ("delete", "reading/*.yaml: adjudicate.when.*"): _RULE,
    ("*", "forms/*.yaml: *.decimals"): _SHOWN,
    ("*", "forms/*.yaml: *.measure"): _SHOWN,
    ("contradict", "forms/*.yaml: source"): _NAMES,
    ("delete", "reading/*.yaml: show*"): _SHOWN,
    ("delete", "imaging/*.yaml: series.*.count"): _RULE,
    ("delete", "imaging/*.yaml: people.notes"): "prose: no rule reads it",
    ("delete", "deidentification.yaml: deidentification.pixels*"): _SAFER,
    ("delete", "deidentification.yaml: deidentification.subject"): _SAFER,
    ("contradict", "deidentification.yaml: deidentification.documents.*"): _CHOICE,
    ("delete", "quality.yaml: arrival.quiet"): _DERIVED,
    ("contradict", "quality.yaml: triggers.*.open"): _CHOICE,
    ("delete", "study.yaml: milestones.first_read"): _DERIVED,
    ("delete", "study.yaml: milestones.last_visit"): _DERIVED,
    ("delete", "study.yaml: population.exclude_by_imaging.[0-9]*"): _WORDS,
    ("*", "economics/*.yaml: model.version"): _NAMES,
    ("delete", "evidence.yaml: barriers.[0-9]*"): _WORDS,
    ("contradict", "evidence.yaml: barriers.*.owner"): _CHOICE,
    ("contradict", "evidence.yaml: market_position"): _CHOICE,
    ("contradict", "evidence.yaml: product.version"): _NAMES,
    ("contradict", "evidence.yaml: markets.*.source"): _NAMES,
    ("delete", "evidence.yaml: markets.*.needs.*.[0-9]*"): _WORDS,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One change of one field; `values` are tried until one is noticed."""

    file: str
    path: Path
    operation: str
    documents: tuple[Any, ...]

    @property
    def field(self) -> str:
        """The field without the ids that differ from plan to plan."""
        return f"{self.file}: {'.'.join(str(s) for s in self.path)}"


def flow(value: Any) -> str:
    """A plain value as YAML 1.2 in flow style; number keys stay numbers."""
    if isinstance(value, Mapping):
        inner = (f"{flow(k)}: {flow(v)}" for k, v in value.items())
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(flow(v) for v in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def paths(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every key and item below a value."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield (*path, key), inner
            yield from paths(inner, (*path, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield (*path, i), inner
            yield from paths(inner, (*path, i))


def changed(top: Any, path: Path, *new: Any) -> Any:
    """A copy of a document with one field replaced, or deleted where nothing new is given."""
    document = copy.deepcopy(top)
    at = document
    for step in path[:-1]:
        at = at[step]
    if new:
        at[path[-1]] = new[0]
    else:
        del at[path[-1]]
    return document


# -- what a field may hold instead ---------------------------------------------------


def _steps(schema: dict[str, Any], defs: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema and all that it refers to or chooses between."""
    if "$ref" in schema:
        yield from _steps(
            {
                **defs[schema["$ref"].rsplit("/", 1)[-1]],
                **{k: v for k, v in schema.items() if k != "$ref"},
            },
            defs,
        )
        return
    yield schema
    for choice in schema.get("anyOf", ()):
        yield from _steps(choice, defs)


def _below(schema: dict[str, Any], step: Any) -> Iterator[dict[str, Any]]:
    if isinstance(step, int) and isinstance(schema.get("items"), dict):
        yield schema["items"]
    elif str(step) in schema.get("properties", {}):
        yield schema["properties"][str(step)]
    else:
        more = [
            schema.get("additionalProperties"),
            *schema.get("patternProperties", {}).values(),
        ]
        yield from (m for m in more if isinstance(m, dict))


def schemas_at(file: str, top: Any, path: Path) -> list[dict[str, Any]]:
    """The schemas that a field may follow."""
    kind = plan.kind_of(file, top)
    whole = plan.json_schema(kind.name) if kind else {}
    defs, found = whole.get("$defs", {}), [whole]
    for step in path:
        found = [b for s in found for one in _steps(s, defs) for b in _below(one, step)]
    return [one for s in found for one in _steps(s, defs)]


_NUMBER = re.compile(r"(?<![\w.@#])-?\d+(?:\.\d+)?(?![\d]*[:@-])")
_DATE = re.compile(r"(\d{4})(-\d\d(?:-\d\d)?)")


def _scaled(text: str, factor: float) -> str:
    def scale(match: re.Match[str]) -> str:
        value = float(match[0]) * factor
        whole = "." not in match[0] and (factor > 1 or value == int(value))
        return str(int(value)) if whole else f"{value:.6g}"

    return _NUMBER.sub(scale, text)


def alternatives(
    file: str, path: Path, value: Any, documents: Mapping[str, Any]
) -> list[Any]:
    """Other values that a field could hold by its grammar, so that they contradict this one."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [v for v in (value * 100, value // 100, 0, value + 10) if v != value]
    if not isinstance(value, str):
        return []
    names = _names(file, path, documents)
    if names:
        return [value.replace(old, new) for old, new in names]
    allowed = [
        e
        for s in schemas_at(file, documents[file], path)
        for e in (*s.get("enum", ()), *([s["const"]] if "const" in s else ()))
    ]
    if value in allowed:
        return [a for a in allowed if a != value]
    if match := _DATE.fullmatch(value):
        return [f"{int(match[1]) + years}{match[2]}" for years in (-10, 10)]
    numbers = (
        [_scaled(value, f) for f in (100, 10, 0.1, 0.01, 0)]
        if _NUMBER.search(value)
        else []
    )
    return [n for n in numbers if n != value]


def _names(
    file: str, path: Path, documents: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """For a reference: the name in it, and each other name of the same kind."""
    found = []
    definitions = Definitions(documents, frozenset(), frozenset(documents))
    for reference in TABLE:
        if not fnmatchcase(file, reference.file):
            continue
        for at, text, is_key in named(documents[file], reference.path):
            if at != path or is_key:
                continue
            match = re.fullmatch(reference.pick, str(text)) if reference.pick else None
            name = match[1] if match else str(text)
            others = definitions.names(reference.to, file) or frozenset()
            found += [(name, o) for o in sorted(others) if o != name]
    return found


# -- running -------------------------------------------------------------------------


def mutations(documents: Mapping[str, Any]) -> Iterator[Mutation]:
    """Every deletion and contradiction of a plan's fields, prose left out."""
    for file, top in documents.items():
        for path, value in paths(top):
            without = changed(top, path)
            if not excused(file, top, path, "delete") and not says_the_same(
                file, top, without
            ):
                yield Mutation(
                    file=file, path=path, operation="delete", documents=(without,)
                )
            others = alternatives(file, path, value, documents)
            if others and not excused(file, top, path, "contradict"):
                yield Mutation(
                    file=file,
                    path=path,
                    operation="contradict",
                    documents=tuple(changed(top, path, o) for o in others),
                )


def excused(file: str, top: Any, path: Path, operation: str) -> str | None:
    """Why a field is no mutation: prose, or a label of the table."""
    if any(
        s.get("x-prose")
        for n in range(1, len(path) + 1)
        for s in schemas_at(file, top, path[:n])
    ):
        return "prose"
    text = f"{file}: {'.'.join(str(s) for s in path)}"
    return next(
        (
            why
            for (what, pattern), why in LABELS.items()
            if what in ("*", operation) and fnmatchcase(text, pattern)
        ),
        None,
    )


def findings(
    files: Mapping[str, bytes],
) -> tuple[bool, frozenset[tuple[str, str, str]]]:
    """Whether the plan's values are all allowed, and its findings without line numbers."""
    report = programme.check_plan(plan.load_files(files))
    found = frozenset((f.code, f.where.file or "", f.message) for f in report.findings)
    waived = frozenset(
        ("waived " + w.finding.code, "", w.finding.message) for w in report.waived
    )
    return not any(f.code == "PLAN.VALUE" for f in report.findings), found | waived


def says_the_same(file: str, before: Any, after: Any) -> bool:
    """Whether a change of a file leaves its meaning: a deleted field that stood at its default."""
    kind = plan.kind_of(file, after)
    if kind is None:
        return False
    try:
        return bool(
            kind.model.model_validate(before) == kind.model.model_validate(after)
        )
    except (ValueError, PlanError):
        return False


def noticed(
    files: Mapping[str, bytes], mutation: Mutation, clean: frozenset[Any]
) -> bool | None:
    """Whether the findings change; None where no value was one that the grammar allows."""
    allowed = False
    for document in mutation.documents:
        fits, found = findings({**files, mutation.file: flow(document).encode()})
        if mutation.operation == "contradict" and not fits:
            continue
        allowed = True
        if found != clean:
            return True
    return False if allowed else None


def survivors(template: str) -> tuple[int, list[Mutation]]:
    """How many mutations of a template there are, and those that nothing notices."""
    files = plan.template_files(template)
    clean = findings(files)[1]
    count, left = 0, []
    for mutation in mutations(plan.load_files(files).documents):
        answer = noticed(files, mutation, clean)
        if answer is None:
            continue
        count += 1
        if not answer:
            left.append(mutation)
    return count, left


def main() -> int:
    """Print how many mutations are noticed, and which fields are not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("templates", nargs="*", default=None)
    parser.add_argument("--at-least", type=float, default=0.0, help="per cent")
    parser.add_argument("--survivors", action="store_true")
    options = parser.parse_args()
    load = import_module("provident.plan.load")
    load.read_document = lru_cache(maxsize=512)(load.read_document)
    total, left = 0, []
    for template in options.templates or plan.templates():
        count, lost = survivors(template)
        total, left = total + count, left + lost
        print(
            f"{template}: {count - len(lost)} of {count} noticed ({100 * (1 - len(lost) / count):.1f} %)"
        )
        if options.survivors:
            print("\n".join(f"  {m.operation:10} {m.field}" for m in lost))
    share = 100 * (1 - len(left) / total)
    print(f"all: {total - len(left)} of {total} noticed ({share:.1f} %)")
    for (file, last), n in Counter(
        (m.file.split("/")[0], str(m.path[-1])) for m in left
    ).most_common(40):
        print(f"  {n:4} {file}: {last}")
    return int(share < options.at_least)


if __name__ == "__main__":
    sys.exit(main())
