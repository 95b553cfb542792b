"""Command: deid. What a run does is in `deid_run`; `verify` has a module of its own."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Annotated, Any

import typer

from provident.cli import deid_verify
from provident.cli.deid_common import WORDS, emit_names, profile_of, read_crosswalk
from provident.cli.deid_run import Destination, Done, carry_out, in_words, listed
from provident.cli.output import say
from provident.deid import SiteKey
from provident.deid.batch import Job
from provident.deid.codebook import read_key, write_key
from provident.deid.directory import asks_for_one
from provident.deid.earlier import Earlier
from provident.deid.manifests import encoded, manifest
from provident.deid.outcomes import written
from provident.deid.summaries import page as summary_page
from provident.kernel import Refused


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command(
        "deid",
        epilog="Example: provident deid incoming/ outgoing/ --study my-study --site leeds",
    )(deid)
    deid_verify.register(app)


def deid(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="IN",
            help="A folder, a file, a ZIP archive, or s3://bucket/prefix. Archives inside are read too.",
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Argument(
            metavar="OUT",
            help="A folder for what may leave the site, a ZIP archive (OUT.zip), or s3://bucket/prefix.",
        ),
    ] = None,
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
    dicomdir: Annotated[
        bool,
        typer.Option(
            "--dicomdir",
            help="Write a DICOMDIR over the output, with names as media have them. Done anyway when IN has one.",
        ),
    ] = False,
    anew: Annotated[
        bool,
        typer.Option(
            "--anew",
            help="Delete what an earlier run made in OUT, and de-identify all files again.",
        ),
    ] = False,
    workers: Annotated[int, typer.Option(min=1, help="Worker processes.")] = 1,
    acceptance: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Write the acceptance corpus there: synthetic scans with planted identifiers. Needs no IN and OUT.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document on stdout.")
    ] = False,
) -> None:
    """De-identify DICOM files by the study's profile, or by the shipped one.

    What a person must look at first goes to OUT.quarantine. Key, crosswalk, journal and report are
    written beside OUT, never in it: they identify people and stay at the site. OUT.manifest.json is
    the signed list of what was made; it identifies nobody and may go with OUT. With a bucket as OUT
    they are written into the current folder, named after the prefix's last part.
    A run that was stopped goes on when the same command is given again.
    """
    if acceptance is not None:
        deid_verify.write_acceptance(acceptance, as_json=as_json)
        return
    if source is None or out is None:
        raise typer.BadParameter("name IN and OUT, or --acceptance FOLDER", param_hint="IN OUT")  # fmt: skip
    with in_words():
        profile = profile_of(study, site).with_text(_mode(text))
        destination = Destination.of(out)
        found = listed(source, destination)
        places = destination.places
        people_file = crosswalk or places.out.with_name(
            f"{places.out.name}.crosswalk.csv"
        )
        people = read_crosswalk(people_file, needed=False)
        enrol = crosswalk is None or not people_file.exists()
        key_file = key or people_file.with_suffix("").with_suffix(".key")
        job = Job(
            profile=profile,
            key=_key(key_file, given=key is not None, destination=destination),
            places=places,
            outlet=destination.outlet,
            file_ids=dicomdir or asks_for_one(s.name for s in found),
        )
        done = carry_out(
            found,
            job=job,
            destination=destination,
            people=people,
            save=(lambda: people.write(people_file)) if enrol else None,
            anew=anew,
            workers=workers,
            progress=_Progress(),
        )
        _report(done, as_json=as_json, job=job)
        leaks = any(o.reason == "identifier_left" for o in done.outcomes) or done.leaks
    raise typer.Exit(1 if leaks else 0)


def _mode(text: str | None) -> str:
    if text not in (None, "hold", "clean"):
        raise typer.BadParameter("write hold or clean", param_hint="--text")
    return text or "clean"


def _key(path: Path, *, given: bool, destination: Destination) -> SiteKey:
    if given or path.exists():
        return read_key(path)
    if Earlier.read(destination.places.journal) is not None:
        raise Refused(
            f"{path}: the key is not there, but an earlier run into this OUT had one. Put it back, or name it by "
            "--key: with a new key the same person would not be told to be the same."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    key = SiteKey.new()
    write_key(path, key)
    say(
        f"A new key was made: {path}. Keep it: without it later files of these people do not fit."
    )
    return key


class _Progress:
    """How far a run is, on one line of a terminal; nothing where nobody looks."""

    def __init__(self) -> None:
        self._begun: tuple[float, int] | None = None
        self._told = 0.0

    def __call__(self, done: int, total: int) -> None:
        if not sys.stderr.isatty():
            return
        now = time.monotonic()
        if self._begun is None:
            self._begun = now, done
        if done < total and now - self._told < 0.2:
            return
        self._told = now
        sys.stderr.write(
            f"\r\x1b[K{done} of {total} files{self._left(now, done, total)}"
        )
        sys.stderr.flush()

    def _left(self, now: float, done: int, total: int) -> str:
        begun, first = self._begun or (now, done)
        if done in (first, total):
            return ""
        seconds = (now - begun) / (done - first) * (total - done)
        return f", about {seconds / 60:.0f} min left" if seconds >= 90 else f", about {seconds:.0f} s left"  # fmt: skip


def _report(done: Done, *, as_json: bool, job: Job) -> None:
    from provident.adapters.signatures import fingerprint, public_key

    outcomes = done.outcomes
    out = [o for o in outcomes if o.out is not None]
    held = Counter(o.reason or "held" for o in outcomes if o.out is None)
    public = public_key(job.key)
    document = {
        "in": len(outcomes),
        "out": len(out),
        "quarantined": sum(held.values()),
        "seconds": done.seconds,
        "dicomdir": bool(done.made),
        "left_from_before": len(done.left),
        "public_key": public,
        "fingerprint": fingerprint(public),
        "files": [o.as_json() for o in outcomes],
    }
    report = _write_reports(done, document, job)
    if as_json:
        emit_names(document)
    say(
        f"\n{len(outcomes)} files in, {len(out)} out, {sum(held.values())} in quarantine, "
        f"{done.seconds:.1f} s."
    )
    for reason, count in held.most_common():
        say(f"  {count} {reason}: {WORDS.get(reason, reason)}")
    _say_rest(done, job, held=bool(held))
    say(f"Report: {report}. It names input paths: it identifies people.")
    say(f"Manifest: {report.with_name(f'{job.places.out.name}.manifest.json')}. Public key: {public}")  # fmt: skip


def _say_rest(done: Done, job: Job, *, held: bool) -> None:
    if held:
        say(
            f"The originals of those in quarantine are in {job.places.quarantine}. Keep them at the site."
        )
    if done.made:
        say("A new DICOMDIR lists what came out.")
    if done.leaks:
        say(
            "No DICOMDIR was written: something that must not be in it was found. Report this, with the report."
        )
    if done.left:
        say(
            f"{len(done.left)} files in OUT were made of originals that are not in IN any more. They stay, and the "
            "manifest lists them. To have only what is in IN, run again with --anew."
        )


def _write_reports(done: Done, document: dict[str, Any], job: Job) -> Path:
    """Report (HTML, JSON) and signed manifest beside the output; where the HTML one is."""
    from provident.adapters.signatures import signed

    out = job.places.out
    html = out.with_name(f"{out.name}.report.html")
    page = summary_page(done.outcomes, job.profile, words=WORDS, seconds=done.seconds)
    told = json.dumps(document, ensure_ascii=False, indent=2).encode(
        errors="surrogateescape"
    )
    written(html, page.encode(errors="surrogateescape"), private=True)
    written(out.with_name(f"{out.name}.report.json"), told, private=True)
    listing = manifest([*done.outcomes, *done.left], job.profile, job.key, done.made)
    written(
        out.with_name(f"{out.name}.manifest.json"), encoded(signed(listing, job.key))
    )
    return html
