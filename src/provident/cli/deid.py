"""Commands: deid, verify."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from provident.cli.output import emit, say, tell
from provident.deid import REASONS, Profile, SiteKey
from provident.deid.audit import audit, check_manifest
from provident.deid.batch import Job, run
from provident.deid.codebook import CrosswalkFile, read_key, write_key
from provident.deid.manifests import encoded, manifest
from provident.deid.outcomes import Outcome, Outlet, Places, written
from provident.deid.sources import Readable
from provident.deid.summaries import page as summary_page
from provident.kernel import InvalidInput


_WORDS = REASONS | {
    "not_in_crosswalk": "The crosswalk does not know this person. Add them to it, or check what was sent.",
    "unreadable": "The file cannot be read from disk or from its archive.",
    "encrypted": "The archive's member is encrypted. Unpack it first.",
    "too_large": "The archive's member unpacks to far too much and was not unpacked.",
}


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(
        "deid",
        epilog="Example: provident deid incoming/ outgoing/ --study my-study --site leeds",
    )(deid)
    app.command(
        "verify",
        epilog="Example: provident verify outgoing/ --crosswalk outgoing.crosswalk.csv",
    )(verify)


def deid(
    source: Annotated[
        str,
        typer.Argument(
            metavar="IN",
            help="A folder, a file, a ZIP archive, or s3://bucket/prefix.",
        ),
    ],
    out: Annotated[
        str,
        typer.Argument(
            metavar="OUT",
            help="A folder for what may leave the site, or s3://bucket/prefix.",
        ),
    ],
    study: Annotated[
        Path | None, typer.Option(help="The plan's folder; its profile is used.")
    ] = None,
    site: Annotated[
        str, typer.Option(help="The site's id in the plan; needed if it has several.")
    ] = "",
    crosswalk: Annotated[
        Path | None,
        typer.Option(help="Who is who (CSV). Else numbers are given in sequence."),
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="The site's key. Else one is made beside OUT.")
    ] = None,
    text: Annotated[
        str | None,
        typer.Option(help="Unapproved words: hold or clean. Default here: clean."),
    ] = None,
    workers: Annotated[int, typer.Option(min=1, help="Worker processes.")] = 1,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document on stdout.")
    ] = False,
) -> None:
    """De-identify DICOM files by the study's profile, or by the shipped one.

    What a person must look at first goes to OUT.quarantine. Key, crosswalk, journal and report are
    written beside OUT, never in it: they identify people and stay at the site. OUT.manifest.json is
    the signed list of what was made; it identifies nobody and may go with OUT. With a bucket as OUT
    they are written into the current folder, named after the prefix's last part.
    """
    begun = time.monotonic()
    profile = _profile(study, site).with_text(_mode(text))
    places = Places.beside(_beside(out))
    people_file = crosswalk or places.out.with_name(f"{places.out.name}.crosswalk.csv")
    people = _crosswalk(people_file, needed=False)
    enrol = crosswalk is None or not people_file.exists()
    site_key = _key(
        key or people_file.with_suffix("").with_suffix(".key"), made=key is None
    )
    job = Job(profile=profile, key=site_key, places=places, outlet=_outlet(out))
    outcomes = run(
        _found(source, out),
        job=job,
        crosswalk=people,
        enrol=enrol,
        workers=workers,
        progress=_progress,
        # Before the first file is written: a stopped run goes on with the same numbers.
        enrolled=lambda: people.write(people_file) if enrol else None,
    )
    seconds = round(time.monotonic() - begun, 3)
    _report(outcomes, seconds, as_json=as_json, job=job)
    raise typer.Exit(1 if any(o.reason == "identifier_left" for o in outcomes) else 0)


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="De-identified files.")],
    crosswalk: Annotated[
        Path | None,
        typer.Option(help="Who is who (CSV): its names and numbers are looked for."),
    ] = None,
    original: Annotated[
        Path | None,
        typer.Option(help="The originals: all that identifies in them is looked for."),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(
            help="The site's key: DIR.manifest.json is checked, each file against it."
        ),
    ] = None,
    study: Annotated[
        Path | None, typer.Option(help="The plan's folder; its profile is used.")
    ] = None,
    site: Annotated[str, typer.Option(help="The site's id in the plan.")] = "",
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document on stdout.")
    ] = False,
) -> None:
    """Look for identifiers that are left in de-identified files, whoever made them.

    With the site's key also: whether every file is the one that was made, none lost, none added.
    """
    profile = _profile(study, site)
    people = _crosswalk(crosswalk, needed=True) if crosswalk else CrosswalkFile()
    files, leaks = audit(
        folder,
        profile=profile,
        known=people.identifiers(),
        original=original,
        participants=people.participants(),
    )
    if key is not None:
        manifest_file = Path(os.path.abspath(folder))
        manifest_file = manifest_file.with_name(f"{manifest_file.name}.manifest.json")
        leaks = [*check_manifest(folder, manifest_file, read_key(key)), *leaks]
    if as_json:
        emit({"files": files, "leaks": [leak.as_json() for leak in leaks]})
    else:
        for leak in leaks:
            tell(f"{leak.file}: {leak.kind} at {leak.where}")
    say(f"{files} files looked at, {len(leaks)} things found that must not be there.")
    raise typer.Exit(1 if leaks else 0)


def _profile(study: Path | None, site: str) -> Profile:
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
    if not site and len(known) > 1:
        raise typer.BadParameter(
            f"the plan has several sites; name one of {', '.join(known)}",
            param_hint="--site",
        )
    return programme.deid_profile(loaded.plan, site or known[0])


def _mode(text: str | None) -> str:
    if text not in (None, "hold", "clean"):
        raise typer.BadParameter("write hold or clean", param_hint="--text")
    return text or "clean"


def _crosswalk(path: Path, *, needed: bool) -> CrosswalkFile:
    if not needed and not path.exists():
        return CrosswalkFile()
    return CrosswalkFile.read(path)


def _key(path: Path, *, made: bool) -> SiteKey:
    if made and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        key = SiteKey.new()
        write_key(path, key)
        say(
            f"A new key was made: {path}. Keep it: without it later files of these people do not fit."
        )
        return key
    return read_key(path)


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} of {total} files")
        sys.stderr.flush()


def _beside(out: str) -> Path:
    """The path beside which the run writes what stays at the site."""
    from provident.adapters.deid_files import is_remote, last_part

    return Path(os.path.abspath(last_part(out) if is_remote(out) else out))


def _found(source: str, out: str) -> Path | Sequence[Readable]:
    from provident.adapters.deid_files import is_remote, refuse_nesting, remote_sources

    if not is_remote(source):
        return Path(source)
    refuse_nesting(source, out)
    return remote_sources(source)


def _outlet(out: str) -> Outlet | None:
    from provident.adapters.deid_files import RemoteOutlet, is_remote

    return RemoteOutlet(out) if is_remote(out) else None


def _report(
    outcomes: list[Outcome], seconds: float, *, as_json: bool, job: Job
) -> None:
    out = [o for o in outcomes if o.out is not None]
    held = Counter(o.reason or "held" for o in outcomes if o.out is None)
    document = {
        "in": len(outcomes),
        "out": len(out),
        "quarantined": sum(held.values()),
        "seconds": seconds,
        "files": [o.as_json() for o in outcomes],
    }
    report = _write_reports(outcomes, document, seconds, job)
    if as_json:
        emit(document)
    say(
        f"\n{len(outcomes)} files in, {len(out)} out, {sum(held.values())} in quarantine, "
        f"{seconds:.1f} s."
    )
    for reason, count in held.most_common():
        say(f"  {count} {reason}: {_WORDS.get(reason, reason)}")
    if held:
        say(
            f"The originals of those in quarantine are in {job.places.quarantine}. Keep them at the site."
        )
    say(f"Report: {report}. It names input paths: it identifies people.")


def _write_reports(
    outcomes: list[Outcome], document: dict[str, Any], seconds: float, job: Job
) -> Path:
    """Report (HTML, JSON) and signed manifest beside the output; where the HTML one is."""
    out = job.places.out
    html = out.with_name(f"{out.name}.report.html")
    page = summary_page(outcomes, job.profile, words=_WORDS, seconds=seconds)
    told = json.dumps(document, ensure_ascii=False, indent=2).encode(
        errors="surrogateescape"
    )
    written(html, page.encode(errors="surrogateescape"), private=True)
    written(out.with_name(f"{out.name}.report.json"), told, private=True)
    written(
        out.with_name(f"{out.name}.manifest.json"),
        encoded(manifest(outcomes, job.profile, job.key)),
    )
    return html
