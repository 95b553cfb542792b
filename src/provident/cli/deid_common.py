"""What deid and verify share: the profile, the crosswalk, the words of reasons, and names that are no UTF-8."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import typer

from provident.deid import REASONS, Profile
from provident.deid.codebook import CrosswalkFile
from provident.kernel import InvalidInput


WORDS = REASONS | {
    "not_in_crosswalk": "The crosswalk does not know this person. Add them to it, or check what was sent.",
    "identity_ambiguous": "The same patient number comes without its issuer or from several, or its name and birth date contradict the crosswalk, so nobody can tell whose it is. Write each number with its issuer and participant into the crosswalk, and run again.",
    "unreadable": "The file cannot be read from disk or from its archive. Check it; it may be a broken link, a pipe, or not yours to read.",
    "encrypted": "The archive's member is encrypted. Unpack it first.",
    "too_large": "The archive's member unpacks to far too much and was not unpacked.",
    "directory": "This is a DICOMDIR, an index of other files. It lists names and numbers and stays here; a new one was written over what came out.",
}


def profile_of(study: Path | None, site: str) -> Profile:
    """The profile of a study's site, or the shipped one: it removes documents and paints burned-in text out.

    Raises:
        InvalidInput: the plan does not load.
        typer.BadParameter: it has several sites, and none or an unknown one is named.
    """
    if study is None:
        return Profile(documents="remove", burned_in="redact")
    from provident import plan, programme

    loaded = plan.load(study)
    if loaded.plan is None:
        raise InvalidInput(
            f"{study}: the plan does not load; run provident check {study}.",
            loaded.findings,
        )
    known = list(loaded.plan.sites.sites)
    if site and site not in known:
        raise typer.BadParameter(
            f"the plan has no site {site}; it has {', '.join(known)}",
            param_hint="--site",
        )
    if not site and len(known) > 1:
        raise typer.BadParameter(
            f"the plan has several sites; name one of {', '.join(known)}",
            param_hint="--site",
        )
    return programme.deid_profile(loaded.plan, site or known[0])


def read_crosswalk(path: Path, *, needed: bool) -> CrosswalkFile:
    """A crosswalk; an empty one where it is not there and need not be.

    Raises:
        InvalidInput: it is no crosswalk.
    """
    if not needed and not path.exists():
        return CrosswalkFile()
    return CrosswalkFile.read(path)


def emit_names(document: Any) -> None:
    """Print one JSON document on stdout, also where file names in it are no UTF-8.

    Their bytes stand as lone surrogates (`\\udcfc`), as Python's own file functions take them.
    """
    text = json.dumps(document, ensure_ascii=False, indent=2)
    try:
        text.encode()
    except UnicodeEncodeError:
        text = json.dumps(document, indent=2)
    sys.stdout.write(f"{text}\n")
