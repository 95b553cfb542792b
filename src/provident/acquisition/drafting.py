"""A draft of an imaging manual from one test scan that went well.

Each series becomes a role, each of its facts a rule with the tolerance of a published table
(`draft_tolerances`). The draft is judged by itself: what the test scan would not pass is
left out and said. A physicist confirms it; a draft is no manual.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from provident.acquisition.draft_text import (
    DraftManual,
    DraftRole,
    DraftRule,
    identifier,
    quoted,
)
from provident.acquisition.draft_tolerances import CONSTANT, TOLERANCES, Tolerance
from provident.acquisition.judging import judge
from provident.acquisition.manual import compile_manual
from provident.acquisition.matching import NOT_IMAGES
from provident.acquisition.verdict import ExamVerdict
from provident.dicom.facts import Fact, SeriesFacts
from provident.dicom.registry import FACTS
from provident.kernel import Finding, InvalidInput, Outcome
from provident.plan.document import read_document
from provident.plan.models.imaging import ImagingManual


_ASIDE = re.compile(r"\b(loc(ali[sz]er)?s?|scouts?|survey|topograms?|3[- ]?plane|smart ?prep|calib\w*|dose ?report|screen ?save)\b", re.IGNORECASE)  # fmt: skip
_NAMES = ("description", "protocol", "sequence_name", "view")
_APART = ("image_type", "plane", "contrast", "phase_encoding", "phase_direction", "view", "laterality")  # fmt: skip
_BASELINE = ("field", "coil", "model")
_PLAIN = ("volumes", "echoes", "directions", "frames")  # one of them is what is usual
MOST_LISTED = 8
UNKNOWN_MINUTES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The text of a drafted manual, what was left out of it and why, and how the scan judges by it."""

    exam: str
    text: str
    notes: tuple[str, ...]
    verdict: ExamVerdict


def draft_manual(series: Sequence[SeriesFacts], *, exam: str | None = None) -> Draft:
    """Draft the manual of the exam that these series are.

    Raises:
        InvalidInput: there is no series with images, or they are of several exams.
    """
    studies = {one.study_uid for one in series}
    if len(studies) > 1:
        raise InvalidInput(
            f"These are {len(studies)} exams. Draft a manual from one: give the folder of one exam."
        )
    notes: list[str] = []
    kept = [one for one in series if _belongs(one, notes)]
    if not kept:
        raise InvalidInput("There is no series of images that a manual could ask for.")
    modality = tuple(dict.fromkeys(one.modality for one in kept))
    name = exam or identifier(
        str(kept[0].value("body_part") or "exam") + f" {modality[0]}", otherwise="exam"
    )
    roles = _as_the_first(list(_roles(kept)))
    manual = DraftManual(
        exam=name,
        title=name.replace("_", " "),
        modality=modality,
        minutes=_minutes(series),
        roles=tuple(roles),
        minor=tuple(
            name
            for name, tolerance in TOLERANCES.items()
            if tolerance.warns
            and any(rule.fact == name for role in roles for rule in role.rules)
        ),
        same_as_baseline=tuple(
            f
            for f in _BASELINE
            if "MR" in modality and all(f in one.facts for one in kept)
        ),
    )
    return _settled(manual, series, notes)


def _belongs(one: SeriesFacts, notes: list[str]) -> bool:
    """Series of images; localisers and screens are no roles, and said."""
    said = str(one.value("description") or one.value("protocol") or one.modality)
    if one.modality in NOT_IMAGES:
        return False
    storage, kind = str(one.value("storage")).lower(), str(one.value("image_type"))
    if "secondary capture" in storage:
        notes.append(f"left out: {said} (a screen or another secondary capture)")
        return False
    if _ASIDE.search(said) or "LOCALIZER" in kind:
        notes.append(
            f"left out: {said} (a localiser or a preparation; add it if it is needed)"
        )
        return False
    return True


def _minutes(series: Sequence[SeriesFacts]) -> int:
    """From the first to the start of the last series, and 5 minutes."""
    times = []
    for one in series:
        at = one.value("acquired_at")
        try:
            times.append(datetime.fromisoformat(str(at)))
        except ValueError:
            continue
    if len(set(times)) < 2 or (max(times) - min(times)).days:
        return UNKNOWN_MINUTES
    return math.ceil((max(times) - min(times)).total_seconds() / 60) + 5


def _roles(kept: Sequence[SeriesFacts]) -> Iterator[DraftRole]:
    groups: dict[tuple[object, ...], list[SeriesFacts]] = {}
    for one in kept:
        groups.setdefault(_signature(one), []).append(one)
    taken: set[str] = set()
    for key, many in groups.items():
        others = [k for k in groups if k != key]
        label = str(key[2] or key[0])
        role = identifier(label, frozenset(taken), otherwise="series")
        taken.add(role)
        derived = "DERIVED" in str(many[0].value("image_type"))
        asked = tuple(_rules(many))
        yield DraftRole(
            id=role,
            title=label,
            match=_match(key, others),
            rules=() if derived else asked,
            constant=() if derived else _constant(many),
            count=len(many),
            optional=derived,
            notes=_said(derived, len(many)),
        )


def _as_the_first(roles: list[DraftRole]) -> list[DraftRole]:
    """What has to be the same in all series (scanner, side) is asked of the first, and of the others as of it."""
    asked = [role for role in roles if role.rules]
    for fact, tolerance in TOLERANCES.items():
        told = [(r, rule) for r in asked for rule in r.rules if rule.fact == fact]
        if not tolerance.of_the_exam or not told:
            continue
        becomes: dict[str, DraftRule | None] = {}
        if len({rule.text for _, rule in told}) == 1:
            first, *others = [role.id for role, _ in told]
            same = DraftRule(fact=fact, text=f"same as {first}", why="One exam.")
            becomes = dict.fromkeys(others, same)
        if tolerance.how == "one exam":
            becomes |= {role.id: None for role, _ in told if role.id not in becomes}
        roles = [_with_rule(role, fact, becomes) for role in roles]
    return roles


def _with_rule(
    role: DraftRole, fact: str, becomes: Mapping[str, DraftRule | None]
) -> DraftRole:
    if role.id not in becomes:
        return role
    new = becomes[role.id]
    rules = [new if rule.fact == fact else rule for rule in role.rules]
    return replace(role, rules=tuple(rule for rule in rules if rule is not None))


def _said(derived: bool, many: int) -> tuple[str, ...]:
    said = [
        "confirm: made from one scan of one scanner; names differ from site to site (~regular expression)"
    ]
    if derived:
        said.append("derived images: recognised, not required")
    if many > 1:
        said.append(f"{many} series were alike in the test scan")
    return tuple(said)


def _signature(one: SeriesFacts) -> tuple[object, ...]:
    """Modality, the fact that names it, the name, and what tells series of one name apart."""
    named = next((n for n in _NAMES if _plain_text(one.value(n))), "")
    return (
        one.modality,
        named,
        one.value(named) if named else None,
        *(v if isinstance(v := one.value(n), str | bool) else None for n in _APART),
    )


def _plain_text(value: object) -> bool:
    """Whether a text can stand for itself in the grammar of rules."""
    if not isinstance(value, str) or not value.strip():
        return False
    words = " ".join(value.split())
    return not (
        value.startswith("~")
        or words in ("present", "absent")
        or words.startswith("same as ")
    )


def _match(
    key: tuple[object, ...], others: Sequence[tuple[object, ...]]
) -> tuple[DraftRule, ...]:
    modality, named, name, *apart = key
    made = (
        [DraftRule(fact=str(named), text=quoted(name))]
        if named
        else [DraftRule(fact="modality", text=quoted(modality))]
    )
    alike = [o for o in others if o[1:3] == key[1:3]]
    for fact, value, at in zip(_APART, apart, range(3, 3 + len(_APART)), strict=True):
        if value is None or not any(o[at] != value for o in alike):
            continue
        made.append(DraftRule(fact=fact, text=_scalar(value)))
        alike = [o for o in alike if o[at] == value]
    return tuple(made)


def _scalar(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else quoted(value)


def _rules(many: Sequence[SeriesFacts]) -> Iterator[DraftRule]:
    modality = many[0].modality
    for name, tolerance in TOLERANCES.items():
        if tolerance.modalities and modality not in tolerance.modalities:
            continue
        facts = [one.facts.get(name) for one in many]
        known = [f for f in facts if f is not None and not f.unread]
        if len(known) < len(many):
            continue
        text = _rule_text(tolerance, known)
        if text:
            yield DraftRule(fact=name, text=text, why=tolerance.why)


def _constant(many: Sequence[SeriesFacts]) -> tuple[str, ...]:
    def steady(name: str) -> bool:
        facts = [one.facts.get(name) for one in many]
        return all(f is not None and not f.varies and not f.unread for f in facts)

    return tuple(name for name in CONSTANT if steady(name))


def _rule_text(tolerance: Tolerance, facts: Sequence[Fact]) -> str:
    spec = FACTS[tolerance.fact]
    if tolerance.how == "present":
        return "present"
    if tolerance.how == "original":
        kinds = [str(v) for f in facts for v in f.values()]
        return '"~^ORIGINAL"' if all(k.startswith("ORIGINAL") for k in kinds) else ""
    if tolerance.how == "shells":
        return _shells(facts[0], tolerance)
    if tolerance.how == "coverage":
        return _coverage(facts, tolerance)
    if tolerance.how == "zero":
        nothing = all(v == 0 for f in facts for v in f.values())
        return quoted(_with(0, spec.unit)) if nothing else ""
    if not spec.numeric:
        return _texts(facts)
    values = [float(v) for f in facts for v in f.values() if isinstance(v, int | float)]
    if not values or (tolerance.fact in _PLAIN and max(values) <= 1):
        return ""
    return _numbers(tolerance, sorted(set(values)), spec.unit)


def _texts(facts: Sequence[Fact]) -> str:
    values = list(dict.fromkeys(v for f in facts for v in f.values()))
    if all(isinstance(v, bool) for v in values):
        return _scalar(values[0]) if len(values) == 1 else ""
    if (
        not values
        or len(values) > MOST_LISTED
        or not all(_plain_text(v) for v in values)
    ):
        return ""
    listed = ", ".join(quoted(v) for v in values)
    return listed if len(values) == 1 else f"[{listed}]"


def _numbers(tolerance: Tolerance, values: Sequence[float], unit: str) -> str:
    low, high = values[0], values[-1]
    match tolerance.how:
        case "ceiling":
            return (
                f'"<= {_with(tolerance.least, unit)}"'
                if high <= tolerance.least
                else ""
            )
        case "at most":
            return (
                f'"<= {_with(high * (1 + tolerance.fail), unit)}"' if high > 0 else ""
            )
        case "at least":
            return f'">= {_with(low * (1 - tolerance.fail), unit)}"' if low > 0 else ""
        case "same":
            return quoted(_with(low, unit)) if low == high else ""
    return _about(tolerance, values, unit)


def _about(tolerance: Tolerance, values: Sequence[float], unit: str) -> str:
    low, high = values[0], values[-1]

    def off(value: float, share: float) -> float:
        return max(share * abs(value), tolerance.least)

    near, far = off(high, tolerance.warn), off(high, tolerance.fail)
    near = min(near, far)
    if high - low <= 1e-3 * abs(high):
        if far == 0:
            return quoted(_with(high, unit))
        return f"{{target: {_with(high, unit)}, warn: {_with(near, unit)}, fail: {_with(far, unit)}}}"
    if len(values) <= MOST_LISTED:
        each = ", ".join(
            f'"{_number(v)} ± {_with(off(v, tolerance.fail), unit)}"' for v in values
        )
        return f"[{each}]"
    inner = f"{_number(low - off(low, tolerance.warn))}..{_with(high + near, unit)}"
    outer = f"{_number(low - off(low, tolerance.fail))}..{_with(high + far, unit)}"
    return f"{{pass: {inner}, warn: {outer}}}"


def _shells(fact: Fact, tolerance: Tolerance) -> str:
    shells = [float(v) for v in fact.values() if isinstance(v, int | float)]
    if not shells:
        return ""
    listed = ", ".join(f"{_number(b)} s/mm2" for b in shells)
    within = max(tolerance.least, 0.025 * max(shells))
    text = f"shells: [{listed}], within: {_number(within)} s/mm2"
    if len(fact.counts) == len(shells):
        pairs = ", ".join(
            f"{_number(b)} s/mm2: {n}" for b, n in zip(shells, fact.counts, strict=True)
        )
        text += f", volumes: {{{pairs}}}"
    return f"{{{text}}}"


def _coverage(facts: Sequence[Fact], tolerance: Tolerance) -> str:
    extents = [
        f.value["slices"]
        for f in facts
        if isinstance(f.value, Mapping) and "slices" in f.value
    ]
    if len(extents) < len(facts) or not min(extents) > 0:
        return ""
    least = _with(min(extents) * (1 - tolerance.fail), "mm")
    return f"{{along: slices, at_least: {least}}}"


def _number(value: float) -> str:
    return f"{value:.5g}" if abs(value) < 1e5 else f"{value:.0f}"


def _with(value: float, unit: str) -> str:
    return f"{_number(value)} {unit}".rstrip()


def _settled(
    manual: DraftManual, series: Sequence[SeriesFacts], notes: list[str]
) -> Draft:
    """Judge the scan by its draft, and leave out what it does not pass."""
    for _ in range(3):
        verdict = _judged(manual, series)
        if verdict.outcome is Outcome.PASS:
            break
        manual = _without(manual, verdict, notes)
    verdict = _judged(manual, series)
    if verdict.outcome is not Outcome.PASS:
        notes.append(f"the test scan itself does not pass: {verdict.sentence}")
    head = (
        "Drafted from a test scan by `provident manual draft`. For a physicist to confirm: each",
        "tolerance comes from a table by fact, and each value from one scan of one scanner.",
    )
    text = replace(manual, notes=(*head, *notes)).text()
    return Draft(exam=manual.exam, text=text, notes=tuple(notes), verdict=verdict)


def read_draft(text: str) -> ImagingManual:
    """The manual that a draft's text says. Raises `InvalidInput` when it does not load."""
    document = read_document("imaging/draft.yaml", text.encode())
    if document.findings:
        raise InvalidInput("The drafted manual cannot be read.", document.findings)
    return ImagingManual.model_validate(document.value)


def _judged(manual: DraftManual, series: Sequence[SeriesFacts]) -> ExamVerdict:
    return judge(series, compile_manual(read_draft(manual.text())), visit=None)


def _without(
    manual: DraftManual, verdict: ExamVerdict, notes: list[str]
) -> DraftManual:
    """The manual without the rules that its own scan breaks."""
    broken: dict[str, set[str]] = {}
    for one in verdict.series:
        if one.role is not None:
            codes = {_fact_of(f) for f in one.findings}
            codes |= {m.rule for m in one.measures if m.outcome is not Outcome.PASS}
            broken.setdefault(one.role, set()).update(codes)
    roles = []
    for role in manual.roles:
        wrong = broken.get(role.id, set())
        left = [r.fact for r in role.rules if r.fact in wrong]
        notes += [
            f"left out: {role.id}.{fact} (the test scan does not meet it: look at the scan)"
            for fact in left
        ]
        rules = tuple(r for r in role.rules if r.fact not in wrong)
        constant = tuple(c for c in role.constant if c not in wrong)
        roles.append(replace(role, rules=rules, constant=constant))
    return replace(manual, roles=tuple(roles))


def _fact_of(finding: Finding) -> str:
    """The fact that a finding's code is about: QC.TE is about TE."""
    name = finding.code.removeprefix("QC.")
    return next((fact for fact in FACTS if fact.upper() == name), name)
