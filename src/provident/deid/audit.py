"""Verify a folder of de-identified files, by whomever they were made."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from provident.deid.engine import gather
from provident.deid.identifiers import Identifiers
from provident.deid.identity import SiteKey
from provident.deid.manifests import differences, is_signed_by, read_manifest
from provident.deid.profile import Profile
from provident.deid.sources import Source, Unreadable, sources
from provident.deid.verify import in_name, verify
from provident.kernel import InvalidInput


@dataclass(frozen=True, slots=True)
class FileLeak:
    """Something that must not be in a file, or in its name. Never says the value."""

    file: str
    where: str
    kind: str

    def as_json(self) -> dict[str, str]:
        """As the command line contract writes it."""
        return {"file": self.file, "where": self.where, "kind": self.kind}


def audit(
    folder: Path,
    *,
    profile: Profile,
    known: Identifiers,
    original: Path | None = None,
    participants: frozenset[str] = frozenset(),
) -> tuple[int, list[FileLeak]]:
    """How many files were looked at, and what was found in them.

    `known` are identifiers of the people whose files these are; `original` are the files they were
    made from, which tell more. `participants` are the study's own numbers, which may be there.

    Raises:
        InvalidInput: a folder is not there.
    """
    if not folder.is_dir():
        raise InvalidInput(f"{folder}: there is no such folder.")
    if original is not None:
        known |= _gathered(original)
    leaks: list[FileLeak] = []
    count = 0
    for source in sources(folder):
        count += 1
        if in_name(source.name, known):
            leaks.append(FileLeak(source.name, "name", "path"))
        try:
            data = source.read()
        except Unreadable:
            leaks.append(FileLeak(source.name, "file", "unreadable"))
            continue
        leaks += [
            FileLeak(source.name, leak.where, leak.kind)
            for leak in verify(
                data, identifiers=known, profile=profile, written=participants
            )
        ]
    return count, leaks


def check_manifest(folder: Path, manifest: Path, key: SiteKey) -> list[FileLeak]:
    """Where a folder is not what its signed manifest says.

    Raises:
        InvalidInput: there is no manifest beside it.
    """
    told = read_manifest(manifest)
    if not is_signed_by(told, key):
        return [FileLeak(manifest.name, "manifest", "signature")]
    found = {source.name: source for source in sources(folder)}
    wrong = differences(told, found, lambda name: _bytes(found[name]))
    return [FileLeak(name, "manifest", kind) for name, kind in wrong]


def _bytes(source: Source) -> bytes:
    """Its bytes; what cannot be read is not what was made."""
    try:
        return source.read()
    except Unreadable:
        return b""


def _gathered(original: Path) -> Identifiers:
    known = Identifiers()
    for source in sources(original):
        try:
            known |= gather(source.read())
        except Unreadable:
            continue
    return known
