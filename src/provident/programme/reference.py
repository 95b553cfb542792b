"""Reference pages written from the code: plan fields, checks, findings. Pure: they return markdown."""

from __future__ import annotations

from typing import Any

from provident.acquisition.dose.codes import ALL as DOSE_CODES
from provident.acquisition.phantoms import PHANTOM_CODES
from provident.plan import CODES, KINDS, json_schema
from provident.programme.check import NOT_ANSWERED, WAIVER_UNKNOWN, WAIVER_UNUSED
from provident.programme.checks import CHECKS
from provident.programme.framework import framework


PAGES = {
    "docs/reference/plan.md": "plan_markdown",
    "docs/reference/checks.md": "checks_markdown",
    "docs/reference/findings.md": "findings_markdown",
    "docs/reference/failures.md": "failures_markdown",
    "docs/status.md": "status_markdown",
}
"""Each generated page and the function of this package that writes it."""

_DEEPEST = 6

REPORT_CODES = (
    (
        NOT_ANSWERED,
        "warning",
        "A subdomain of the framework that the plan does not answer.",
        "Add the fields named, or waive the subdomain in study.yaml with reason and name.",
    ),
    (
        WAIVER_UNKNOWN,
        "error",
        "A waiver of something that does not exist, or that may not be waived.",
        "Correct the code or subdomain.",
    ),
    (
        WAIVER_UNUSED,
        "warning",
        "A waiver that has nothing to waive.",
        "Remove it, so that it cannot hide a later finding.",
    ),
)


# -- plan fields ----------------------------------------------------------------


def plan_markdown() -> str:
    """docs/reference/plan.md: every file of a plan and every field in it."""
    lines = [
        "# The plan, field by field",
        "",
        "A plan is a folder of YAML 1.2 files.",
        "Quantities are one string with their unit (`70 ms`), ranges have two ends (`77..91 d`), tolerances a sign (`3 ± 0.2 mm`), bounds an arrow (`<= 0.3 mm`), rates a `per` (`6 per week`).",
        "Fields marked *prose* are for people; no rule reads them.",
        "`provident schema FOLDER` writes the JSON Schemas behind this page for your editor.",
        "",
        "The plan's hash is SHA-256 over the bytes of all its files, sorted by path: comments count too.",
    ]
    for kind in KINDS.values():
        needed = "needed" if kind.needed else "optional"
        lines += [
            "",
            f"## {kind.pattern}",
            "",
            f"{kind.holds.capitalize()}. {needed.capitalize()}.",
            "",
        ]
        lines += ["| field | | takes | says |", "|---|---|---|---|"]
        schema = json_schema(kind.name)
        lines += _rows(schema, schema.get("$defs", {}), "", 0, frozenset())
    return "\n".join(lines) + "\n"


def _rows(
    schema: dict[str, Any],
    defs: dict[str, Any],
    path: str,
    depth: int,
    seen: frozenset[str],
) -> list[str]:
    """A row for each field, and those inside it; a model inside itself is not repeated."""
    rows: list[str] = []
    required = set(schema.get("required", ()))
    for name, field in schema.get("properties", {}).items():
        here = f"{path}.{name}" if path else name
        says = _cell(_says(field, defs))
        must = "needed" if name in required else ""
        rows.append(f"| `{here}` | {must} | {_takes(field, defs)} | {says} |")
        for inner, suffix, model in _inside(field, defs):
            if depth < _DEEPEST and model not in seen and not _is_facts(inner):
                rows += _rows(inner, defs, here + suffix, depth + 1, seen | {model})
    return rows


def _says(field: dict[str, Any], defs: dict[str, Any]) -> str:
    """What a field says: its own words, else those of what stands in it."""
    own = str(field.get("description", ""))
    inner = _inside(field, defs)
    return own or (str(inner[0][0].get("description", "")) if inner else "")


def _is_facts(schema: dict[str, Any]) -> bool:
    """The criteria of an imaging manual have one field for each fact: listed elsewhere."""
    return len(schema.get("properties", {})) > 30


def _inside(
    field: dict[str, Any], defs: dict[str, Any]
) -> list[tuple[dict[str, Any], str, str]]:
    """The models inside a field: schema, what their path adds, name."""
    found = []
    for choice in _choices(field):
        if "$ref" in choice:
            name = choice["$ref"].rsplit("/", 1)[-1]
            found.append((defs[name], "", name))
        elif isinstance(choice.get("items"), dict):
            found += [(s, "[]" + p, n) for s, p, n in _inside(choice["items"], defs)]
        else:
            for inner in _mapped(choice):
                found += [(s, ".*" + p, n) for s, p, n in _inside(inner, defs)]
    return [f for f in found if "properties" in f[0]]


def _mapped(choice: dict[str, Any]) -> list[dict[str, Any]]:
    """What the values of a mapping with free keys are."""
    inner = [
        choice.get("additionalProperties"),
        *choice.get("patternProperties", {}).values(),
    ]
    return [i for i in inner if isinstance(i, dict)]


def _choices(field: dict[str, Any]) -> list[dict[str, Any]]:
    return [c for c in field.get("anyOf", [field]) if c.get("type") != "null"]


def _takes(field: dict[str, Any], defs: dict[str, Any]) -> str:
    if field.get("x-prose"):
        return "prose"
    words = dict.fromkeys(_takes_one(c, defs) for c in _choices(field))
    return " or ".join(words)


_TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "mapping",
    "array": "list",
}


def _takes_one(choice: dict[str, Any], defs: dict[str, Any]) -> str:
    if choice.get("x-prose"):
        return "prose"
    if "$ref" in choice:
        return "mapping"
    if "x-takes" in choice:
        examples = ", ".join(
            f"`{_cell(str(e))}`" for e in choice.get("examples", ())[:2]
        )
        takes = _cell(choice["x-takes"])
        return f"{takes}: {examples}" if examples else takes
    if "const" in choice:
        return f"`{choice['const']}`"
    if "enum" in choice:
        return ", ".join(f"`{_cell(str(e))}`" for e in choice["enum"])
    if isinstance(choice.get("items"), dict):
        return f"list of {_takes(choice['items'], defs)}"
    mapped = _mapped(choice)
    if mapped:
        return f"mapping of {_takes(mapped[0], defs)}"
    kind = choice.get("type", "anything")
    return _TYPES.get(kind, kind) if isinstance(kind, str) else " or ".join(kind)


def _cell(text: str) -> str:
    """Text that cannot break a table."""
    return text.replace("|", "\\|").replace("\n", " ")


# -- checks and findings ----------------------------------------------------------


def checks_markdown() -> str:
    """docs/reference/checks.md: every cross-check with why and remedy, by subdomain."""
    lines = [
        "# Checks on a plan",
        "",
        f"`provident check` runs {len(CHECKS)} cross-checks.",
        "Each has a code that is never reused; `study.yaml` may waive a finding by its code, with reason, name and date.",
    ]
    for domain, title in framework().domains.items():
        mine = [c for c in CHECKS.values() if c.subdomain.partition(".")[0] == domain]
        if not mine:
            continue
        lines += ["", f"## {title}"]
        for check in sorted(mine, key=lambda c: (c.subdomain, c.code)):
            lines += [
                "",
                f"### {check.code}",
                "",
                check.finds,
                "",
                f"*{check.severity}, `{check.subdomain}`.*",
                f"Why: {check.why}",
                f"Remedy: {check.remedy}",
            ]
    return "\n".join(lines) + "\n"


def findings_markdown() -> str:
    """docs/reference/findings.md: every finding code about a plan."""
    lines = [
        "# Findings about a plan",
        "",
        "A finding has a code, a severity, a place (file, line, column), what was expected, what was found, and what to do.",
        "Codes are public and never reused.",
        "",
        "## Files",
        "",
        "A plan with one of these at error level does not load (exit code 3), except for `PLAN.REFERENCE`.",
        "They cannot be waived.",
        "",
        "| code | means | what to do |",
        "|---|---|---|",
    ]
    lines += [f"| `{c.code}` | {_cell(c.means)} | {_cell(c.remedy)} |" for c in CODES]
    lines += [
        "",
        "## Report",
        "",
        "| code | severity | means | what to do |",
        "|---|---|---|---|",
    ]
    lines += [f"| `{c}` | {s} | {m} | {r} |" for c, s, m, r in REPORT_CODES]
    lines += [
        "",
        "## Cross-checks",
        "",
        "More on each in [Checks on a plan](checks.md).",
        "",
        "| code | severity | subdomain | finds |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{c.code}` | {c.severity} | `{c.subdomain}` | {_cell(c.finds)} |"
        for c in sorted(CHECKS.values(), key=lambda c: c.code)
    ]
    lines += [
        "",
        "## Phantoms",
        "",
        "Of a phantom's scan, when it is held against the plan's limits.",
        "",
        "| code | severity | means | what to do |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{c.code}` | {c.severity} | {_cell(c.means)} | {_cell(c.remedy)} |"
        for c in PHANTOM_CODES.values()
    ]
    lines += [
        "",
        "## Radiation dose",
        "",
        "Of an exam's dose, and of a participant's dose ledger.",
        "",
        "| code | severity | means | what to do |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| `{c.code}` | {c.severity} | {_cell(c.means)} | {_cell(c.remedy)} |"
        for c in sorted(DOSE_CODES, key=lambda c: c.code)
    ]
    return "\n".join(lines) + "\n"
