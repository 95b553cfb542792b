"""Load a plan: all files, all problems at once, each with its place."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import BaseModel, ValidationError

from provident.kernel import Finding, InvalidInput, Place, PlanError, Severity
from provident.plan import codes
from provident.plan.document import Document, fault, read_document
from provident.plan.explain import explain
from provident.plan.kinds import KINDS, Kind, kind_of
from provident.plan.nearest import did_you_mean, listed
from provident.plan.places import Path as PlanPath
from provident.plan.places import Places
from provident.plan.references import unresolved
from provident.plan.whole import Plan, build


LARGEST_PLAN = 64_000_000  # bytes of all files
MOST_FILES = 2_000
ATTACHMENTS = frozenset(
    {".csv", ".png", ".jpg", ".jpeg", ".svg", ".md", ".txt", ".pdf", ".npz"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What loading gave.

    Attributes:
        plan: the plan, or None when a file does not fit its schema or is missing.
        findings: all problems of all files; references that lead nowhere too.
        places: where each key and value stands.
        documents: the plain values of each YAML file that could be read.
    """

    plan: Plan | None
    findings: list[Finding]
    places: Places
    documents: Mapping[str, Any] = field(default_factory=dict)

    def require(self) -> Plan:
        """The plan.

        Raises:
            PlanError: it did not load; the error holds all findings.
        """
        if self.plan is None:
            errors = sum(f.severity is Severity.ERROR for f in self.findings)
            raise PlanError(
                f"the plan does not load: {errors} error{'s' * (errors != 1)}",
                self.findings,
            )
        return self.plan


def content_hash(files: Mapping[str, bytes]) -> str:
    """SHA-256 over the files' bytes, sorted by path; comments count, for people read them too.

    Each file adds its path, a zero byte, its length, a zero byte and its bytes.
    """
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()


def read_folder(folder: Path) -> dict[str, bytes]:
    """The files of a plan's folder by path from it, hidden ones and other kinds left out.

    Raises:
        InvalidInput: the folder is not there, or holds far more than a plan.
    """
    if not folder.is_dir():
        raise InvalidInput(
            f"{folder} is not a folder; a plan is a folder with study.yaml in it"
        )
    files: dict[str, bytes] = {}
    total = 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if _hidden(name) or path.is_symlink() or not path.is_file():
            continue  # a link may lead out of the folder, to what is no part of the plan
        if not _is_part(name):
            continue
        total += path.stat().st_size
        if total > LARGEST_PLAN or len(files) >= MOST_FILES:
            raise InvalidInput(
                f"{folder} holds more than a plan can ({LARGEST_PLAN // 10**6} MB, {MOST_FILES} files); is it the right folder?"
            )
        files[name] = path.read_bytes()
    return files


def _hidden(name: str) -> bool:
    return any(part.startswith((".", "__")) for part in name.split("/"))


def _is_part(name: str) -> bool:
    return PurePosixPath(name).suffix.lower() in ATTACHMENTS | {".yaml", ".yml"}


def load(folder: Path) -> Loaded:
    """Load the plan in a folder. Never raises for a bad plan.

    Raises:
        InvalidInput: the folder is not there.
    """
    return load_files(read_folder(Path(folder)))


def load_files(files: Mapping[str, bytes]) -> Loaded:
    """Load a plan from its files' bytes, by path from the plan's folder."""
    findings: list[Finding] = []
    documents: dict[str, Any] = {}
    models: dict[str, BaseModel] = {}
    places = {}
    unread: set[str] = set()
    kinds: set[str] = set()
    for name in sorted(files):
        if not name.endswith((".yaml", ".yml")):
            continue
        document = read_document(name, files[name])
        places[name] = document.places
        kind = kind_of(name, document.value)
        if kind is None:
            findings.append(_unknown_file(name))
            continue
        kinds.add(kind.name)
        model, problems = _validated(kind, document)
        findings += problems
        if document.findings or document.value is None:
            unread.add(name)
        else:
            documents[name] = document.value
        if model is not None:
            models[name] = model
    all_places = Places(places)
    findings += _missing_files(kinds)
    findings += _defined_twice(documents, all_places)
    findings += unresolved(documents, frozenset(unread), frozenset(files), all_places)
    broken = any(
        f.severity is Severity.ERROR and f.code != codes.REFERENCE.code
        for f in findings
    )
    plan = None if broken else build(models, dict(files), content_hash(files))
    return Loaded(
        plan=plan,
        findings=_in_order(findings),
        places=all_places,
        documents=documents,
    )


def _in_order(findings: list[Finding]) -> list[Finding]:
    return sorted(
        findings,
        key=lambda f: (f.where.file or "", f.where.line or 0, f.where.column or 0),
    )


def _validated(
    kind: Kind, document: Document
) -> tuple[BaseModel | None, list[Finding]]:
    """The file as its model, or what is wrong with it."""
    if document.findings:
        return None, document.findings
    if document.value is None:
        return None, [
            fault(
                codes.MISSING_KEY,
                document.places.value(()),
                "the file is empty",
                expected=kind.holds,
                found="nothing",
            )
        ]
    try:
        return kind.model.model_validate(document.value), []
    except ValidationError as error:
        return None, explain(error, kind.model, document.value, document.places)
    except PlanError as error:
        return None, [fault(codes.VALUE, document.places.value(()), str(error))]


def _unknown_file(name: str) -> Finding:
    patterns = [k.pattern for k in KINDS.values()]
    if name.endswith(".yml"):
        near = f' (did you mean "{name[:-4]}.yaml"?)'
    else:
        near = did_you_mean(name, [p for p in patterns if "*" not in p])
    return fault(
        codes.UNKNOWN_FILE,
        Place(file=name, line=1, column=1),
        f"{name} is not a file of a plan{near}",
        expected=f"one of: {listed(patterns, 30)}",
        found=name,
    )


def _missing_files(there: set[str]) -> list[Finding]:
    return [
        fault(
            codes.MISSING_FILE,
            Place(file=kind.pattern, line=1, column=1),
            f"{kind.pattern} is missing: {kind.holds}",
            expected=kind.pattern,
            found="no such file",
        )
        for kind in KINDS.values()
        if kind.needed and kind.name not in there
    ]


_IDENTITY = {
    "imaging": ("exam",),
    "reading": ("endpoint",),
    "forms": ("form", "version"),
    "processing": ("processing",),
    "economics": ("model", "id"),
}


def _identity(kind: str, top: Any) -> tuple[str, ...] | None:
    """What a file defines: its exam, endpoint, form and version, or model."""
    if not isinstance(top, dict):
        return None
    if kind == "economics":
        top = {"model": "", "id": top.get("model", {}).get("id")}
    return tuple(str(top.get(key)) for key in _IDENTITY[kind])


def _defined_twice(documents: Mapping[str, Any], places: Places) -> list[Finding]:
    seen: dict[tuple[str, ...], str] = {}
    findings = []
    for name, top in documents.items():
        kind = kind_of(name, top)
        if kind is None or kind.name not in _IDENTITY:
            continue
        identity = _identity(kind.name, top)
        if identity is None:
            continue
        key = (kind.name, *identity)
        if key in seen:
            word = _IDENTITY[kind.name][0]
            findings.append(
                fault(
                    codes.DUPLICATE_ID,
                    places.of(name, (word,)),
                    f"{'@'.join(i for i in identity if i)} is defined in {seen[key]} already",
                    expected="one file for each",
                    found=f"{seen[key]} and {name}",
                )
            )
        seen.setdefault(key, name)
    return findings


def place_of(loaded: Loaded, file: str, path: PlanPath = ()) -> Place:
    """The place of a value of the plan, for findings of later checks."""
    return loaded.places.of(file, path)
