"""The references between the files of a plan: what each names, and whether it is there.

One table says where references stand. A path has the keys from the top; `*` is any key of
a mapping, `[]` each item of a list, `{}` the keys themselves; `pick` takes the name out of
a longer text. A kind whose definitions could not be read is not checked, so that one broken
file does not make errors in all others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from provident.kernel import Finding, Severity
from provident.plan import codes
from provident.plan.document import fault
from provident.plan.nearest import did_you_mean, listed
from provident.plan.places import Path, Places, path_text


PARTIES = frozenset({"participant", "clinical_team", "sponsor"})
"""Who may be named as blind or hidden from without holding a role of the study."""

MILESTONES = (
    "first_participant",
    "last_participant",
    "first_read",
    "last_visit",
    "data_lock",
    "report",
)


@dataclass(frozen=True, slots=True)
class Reference:
    """Where references of one kind stand."""

    file: str
    path: str
    to: str
    pick: str | None = None


TABLE: tuple[Reference, ...] = (
    Reference("study.yaml", "blinded_to.arm.[]", "role or party"),
    Reference("study.yaml", "blinded_to.images.[]", "role or party"),
    Reference("study.yaml", "blinded_to.scores.[]", "role or party"),
    Reference("study.yaml", "visits.*.imaging.[]", "exam"),
    Reference("study.yaml", "outcomes.*.from", "read design"),
    Reference("study.yaml", "outcomes.*.at", "visit"),
    Reference("sites.yaml", "sites.*.scanners.[]", "scanner"),
    Reference("sites.yaml", "sites.*.hours.{}", "role"),
    Reference("sites.yaml", "sites.*.contacts.*.role", "role"),
    Reference("sites.yaml", "scanners.*.then", "scanner"),
    Reference("sites.yaml", "scanners.*.bridging.with", "scanner"),
    Reference("sites.yaml", "scanners.*.bridging.phantoms.[]", "phantom"),
    Reference("people.yaml", "training.*.for.[]", "role"),
    Reference("people.yaml", "responsibilities.*", "role"),
    Reference("consent.yaml", "information.purpose.{}", "exam"),
    Reference("consent.yaml", "information.risks.{}", "exam"),
    Reference("consent.yaml", "information.visit.{}", "visit"),
    Reference("consent.yaml", "information.unexpected_findings.who", "role"),
    Reference("consent.yaml", "information.unexpected_findings.told_by", "role"),
    Reference("quality.yaml", "human.by", "role"),
    Reference("quality.yaml", "triggers.[].when", "indicator", r"(\w+) (?:acts|warns)"),
    Reference("imaging/*.yaml", "series.*.at.[]", "visit"),
    Reference("imaging/*.yaml", "owner", "role"),
    Reference("imaging/*.yaml", "waived.[].site", "site"),
    Reference("imaging/*.yaml", "waived.[].scanner", "scanner"),
    Reference("imaging/*.yaml", "recall.advised_by", "role"),
    Reference("imaging/*.yaml", "recall.decided_by", "role"),
    Reference("imaging/*.yaml", "exposure.justified_by", "role"),
    Reference("imaging/*.yaml", "read_at_scan.by", "role"),
    Reference("imaging/*.yaml", "read_at_scan.form", "form"),
    Reference("imaging/*.yaml", "same_as_baseline.[]", "series here", r"(\w+)\..+"),
    Reference("imaging/*.yaml", "severity.{}", "series here", r"(\w+)\..+"),
    Reference("imaging/*.yaml", "routine_scan_may_serve.consent", "consent option"),
    Reference("imaging/*.yaml", "phantoms.*.scanners.[]", "scanner"),
    Reference("imaging/*.yaml", "phantoms.*.scanned_by", "role"),
    Reference("imaging/*.yaml", "phantoms.*.accepted_by", "role"),
    Reference("imaging/*.yaml", "change.on_change.tell", "role"),
    Reference("imaging/*.yaml", "change.on_change.until", "phantom", r"(\w+) accepted"),
    Reference("imaging/*.yaml", "people.positioning.picture", "attachment"),
    Reference("processing/*.yaml", "exam", "exam"),
    Reference("processing/*.yaml", "visits.[]", "visit"),
    Reference("processing/*.yaml", "steps.*.operator", "role"),
    Reference("processing/*.yaml", "steps.*.qc.by", "role"),
    Reference("processing/*.yaml", "steps.*.uses.[]", "series", r"(\w+\.\w+)"),
    Reference("deidentification.yaml", "deidentification.text.approved", "attachment"),
    Reference("reading/*.yaml", "endpoint", "outcome"),
    Reference("reading/*.yaml", "form", "form"),
    Reference("reading/*.yaml", "visits.[]", "visit"),
    Reference("reading/*.yaml", "exam", "exam"),
    Reference("reading/*.yaml", "readers.pool", "role"),
    Reference("reading/*.yaml", "finish_by.milestone", "milestone"),
    Reference("reading/*.yaml", "repeats.last_draw", "milestone", r".* before (\w+)"),
    Reference("forms/*.yaml", "needs.[]", "series or output"),
    Reference("forms/*.yaml", "views.{}", "exam"),
    Reference("forms/*.yaml", "access.enter.[]", "role"),
    Reference("forms/*.yaml", "access.hidden_from.[]", "role or party"),
    Reference("forms/*.yaml", "accepted_by.[]", "role"),
    Reference("flows.yaml", "agreements.*.between.[]", "organisation"),
    Reference("flows.yaml", "stores.*.at", "organisation"),
    Reference("flows.yaml", "stores.*.holds.[]", "data"),
    Reference("flows.yaml", "stores.*.access.[]", "role"),
    Reference("flows.yaml", "stores.*.granted_by", "role"),
    Reference("flows.yaml", "stores.*.deputy", "role"),
    Reference("flows.yaml", "flows.*.from", "store or role"),
    Reference("flows.yaml", "flows.*.to", "store or role"),
    Reference("flows.yaml", "flows.*.what.[]", "data"),
    Reference("costs.yaml", "items.*.per", "exam", r"scan of (\w+)(?: with \w+)?"),
    Reference("costs.yaml", "items.*.per", "series role", r"scan of \w+ with (\w+)"),
    Reference("costs.yaml", "items.*.pays", "role"),
    Reference("costs.yaml", "prices", "attachment"),
    Reference("evidence.yaml", "claims.*.outcome", "outcome"),
    Reference("evidence.yaml", "barriers.[].owner", "role"),
    Reference(
        "evidence.yaml", "scanner_access.manufacturer_permissions.[]", "agreement"
    ),
)


def named(top: Any, pattern: str) -> Iterator[tuple[Path, Any, bool]]:
    """What a path pattern matches: the path, the value, and whether it is a key."""
    yield from _follow(top, pattern.split("."), ())


def _follow(
    value: Any, steps: list[str], path: Path
) -> Iterator[tuple[Path, Any, bool]]:
    if not steps:
        yield path, value, False
        return
    step, rest = steps[0], steps[1:]
    if step == "[]":
        for i, item in enumerate(value) if isinstance(value, list) else ():
            yield from _follow(item, rest, (*path, i))
    elif isinstance(value, dict):
        if step == "{}":
            for key in value:
                yield (*path, key), key, True
        elif step == "*":
            for key, inner in value.items():
                yield from _follow(inner, rest, (*path, key))
        elif step in value:
            yield from _follow(value[step], rest, (*path, step))


class Definitions:
    """What a plan defines, by kind; None where the file that defines it could not be read."""

    def __init__(
        self,
        documents: Mapping[str, Any],
        unread: frozenset[str],
        files: frozenset[str],
    ) -> None:
        self._documents, self._unread, self._files = documents, unread, files

    def names(self, kind: str, file: str) -> frozenset[str] | None:
        """The names that a reference of this kind, in this file, may have."""
        if " or " in kind and kind != "role or party":
            parts = [self.names(part, file) for part in kind.split(" or ")]
            if any(p is None for p in parts):
                return None
            return frozenset().union(*(p for p in parts if p is not None))
        if kind == "role or party":
            roles = self.names("role", file)
            return None if roles is None else roles | PARTIES
        if kind == "output":
            return self._outputs()
        if kind == "attachment":
            return self._files
        if kind == "read design":
            return frozenset(f for f in self._files if f.startswith("reading/"))
        if kind == "milestone":
            return self._milestones()
        if kind in ("series", "series here", "series role", "exam", "form"):
            return self._of_many(kind, file)
        return self._keys(*_KEYS[kind])

    def _keys(self, pattern: str, path: str) -> frozenset[str] | None:
        if any(fnmatchcase(f, pattern) for f in self._unread):
            return None
        found: set[str] = set()
        for file, top in self._documents.items():
            if fnmatchcase(file, pattern):
                found |= {str(v) for _, v, _ in named(top, path)}
        return frozenset(found)

    def _milestones(self) -> frozenset[str] | None:
        if "study.yaml" in self._unread:
            return None
        top = self._documents.get("study.yaml")
        stated = {str(v) for _, v, _ in named(top, "milestones.{}")}
        other = {str(v) for _, v, _ in named(top, "milestones.other.{}")}
        return frozenset(stated & set(MILESTONES)) | other

    def _outputs(self) -> frozenset[str] | None:
        """What processing makes, as processing.output."""
        if any(fnmatchcase(f, "processing/*.yaml") for f in self._unread):
            return None
        return frozenset(
            f"{top.get('processing')}.{output}"
            for file, top in self._documents.items()
            if fnmatchcase(file, "processing/*.yaml") and isinstance(top, dict)
            for _, output, _ in named(top, "steps.*.outputs.{}")
        )

    def _of_many(self, kind: str, file: str) -> frozenset[str] | None:
        folder = "forms/*.yaml" if kind == "form" else "imaging/*.yaml"
        if any(fnmatchcase(f, folder) for f in self._unread):
            return None
        found: set[str] = set()
        for name, top in self._documents.items():
            if not fnmatchcase(name, folder) or not isinstance(top, dict):
                continue
            if kind == "series here" and name != file:
                continue
            found |= set(_defined(kind, top))
        return frozenset(found)


_KEYS = {
    "role": ("people.yaml", "roles.{}"),
    "visit": ("study.yaml", "visits.{}"),
    "outcome": ("study.yaml", "outcomes.{}"),
    "site": ("sites.yaml", "sites.{}"),
    "scanner": ("sites.yaml", "scanners.{}"),
    "phantom": ("imaging/*.yaml", "phantoms.{}"),
    "consent option": ("consent.yaml", "options.{}"),
    "indicator": ("quality.yaml", "indicators.{}"),
    "organisation": ("flows.yaml", "organisations.{}"),
    "agreement": ("flows.yaml", "agreements.{}"),
    "data": ("flows.yaml", "data.{}"),
    "store": ("flows.yaml", "stores.{}"),
}


def _defined(kind: str, top: dict[Any, Any]) -> Iterator[str]:
    """What one file of imaging/ or forms/ defines."""
    if kind == "form" and "form" in top:
        yield f"{top['form']}@{top.get('version')}"
    if kind == "exam" and "exam" in top:
        yield str(top["exam"])
    if kind.startswith("series") and isinstance(top.get("series"), dict):
        for role in top["series"]:
            yield f"{top.get('exam')}.{role}" if kind == "series" else str(role)


def unresolved(
    documents: Mapping[str, Any],
    unread: frozenset[str],
    files: frozenset[str],
    places: Places,
) -> list[Finding]:
    """A finding for each reference that leads nowhere."""
    definitions = Definitions(documents, unread, files)
    findings: list[Finding] = []
    for reference in TABLE:
        for file, top in documents.items():
            if fnmatchcase(file, reference.file):
                findings += _unresolved_in(reference, file, top, definitions, places)
    return findings


def _unresolved_in(
    reference: Reference, file: str, top: Any, definitions: Definitions, places: Places
) -> Iterator[Finding]:
    names = definitions.names(reference.to, file)
    if names is None:
        return
    for path, value, is_key in named(top, reference.path):
        name = _picked(reference.pick, value)
        if name is None or path in places.files[file].cut:
            continue
        if reference.to == "attachment":
            beside = "/".join([*file.split("/")[:-1], name])
            if name not in names and beside not in names:
                yield _not_attached(file, path, name, places)
        elif name not in names:
            where = places.of_key(file, path) if is_key else places.of(file, path)
            yield fault(
                codes.REFERENCE,
                where,
                f'{path_text(path if not is_key else path[:-1])}: "{name}" is not {_article(reference.to)} of the plan{did_you_mean(name, names)}',
                expected=f"one of: {listed(sorted(names), 30)}"
                if names
                else f"the plan defines no {reference.to}",
                found=name,
            )


def _picked(pick: str | None, value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    if pick is None:
        return value
    match = re.fullmatch(pick, value)
    return match[1] if match else None


def _article(kind: str) -> str:
    name = kind.removesuffix(" here")
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _not_attached(file: str, path: Path, name: str, places: Places) -> Finding:
    return Finding(
        code=codes.MISSING_FILE.code,
        severity=Severity.WARNING,
        where=places.of(file, path),
        message=f'{path_text(path)} names "{name}", which is not in the plan\'s folder',
        expected=f"the file {name}",
        found="no such file",
        remedy="Put the file beside this one, or take the name out.",
    )
