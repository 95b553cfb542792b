"""Command: verify, on anybody's output; and the acceptance corpus with its score."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from provident.cli.deid_common import emit_names, profile_of, read_crosswalk
from provident.cli.output import say, tell
from provident.deid import verify_report
from provident.deid.archives import expanded, in_folder
from provident.deid.audit import FileLeak, audit, check_manifest, unlike
from provident.deid.codebook import CrosswalkFile, read_key
from provident.deid.comparing import PROBLEMS, Comparison, Problem, compare, marks_of
from provident.deid.manifests import read_manifest
from provident.deid.outcomes import written
from provident.deid.sources import Readable, sources
from provident.kernel import InvalidInput


SHOWN = 200  # lines of a list on a terminal; the report has all


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(
        "verify",
        epilog="Example: provident verify outgoing/ --crosswalk outgoing.crosswalk.csv --original incoming/",
    )(verify)


def verify(
    folder: Annotated[
        str,
        typer.Argument(
            metavar="DIR",
            help="De-identified files: a folder, a ZIP archive, or s3://bucket/prefix.",
        ),
    ],
    crosswalk: Annotated[
        Path | None,
        typer.Option(
            help="Who is who (CSV): its names and numbers are looked for, its numbers and shifts held against the files."
        ),
    ] = None,
    original: Annotated[
        Path | None,
        typer.Option(
            help="The originals: all that identifies in them is looked for, and each output is held against its own."
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(
            help="The site's key: the manifest is checked, each file against it, and with --original each UID."
        ),
    ] = None,
    manifest: Annotated[
        Path | None,
        typer.Option(help="The manifest. Default: DIR.manifest.json beside DIR."),
    ] = None,
    public_key: Annotated[
        str,
        typer.Option(
            metavar="KEY",
            help="The site's public key, its fingerprint, or a file with one of them: checks the manifest without the site's key.",
        ),
    ] = "",
    study: Annotated[
        Path | None, typer.Option(help="The plan's folder; its profile is used.")
    ] = None,
    site: Annotated[str, typer.Option(help="The site's id in the plan.")] = "",
    acceptance: Annotated[
        Path | None,
        typer.Option(
            metavar="KEYFILE",
            help="The answer key of the acceptance corpus: DIR is scored against it.",
        ),
    ] = None,
    names: Annotated[
        Path | None,
        typer.Option(
            "--map",
            help="With --acceptance: a line 'original TAB output' a file, from a tool that renames. Not needed: files are recognised by what they hold.",
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="NAME", help="Write NAME.html and NAME.json, for the file."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON document on stdout.")
    ] = False,
) -> None:
    """Look for identifiers that are left in de-identified files, whoever made them.

    With the originals also: whether UIDs are one to one, references resolve, intervals and values
    were kept, pixels are the same. With the site's key, or its public key: whether every file is the
    one that was made, none lost, none added.
    """
    if acceptance is not None:
        _score(Path(folder), acceptance, names, report, as_json=as_json)
    files = _listed(folder)
    beside = _Beside(Path(os.path.abspath(folder)), manifest)
    told = _Told()
    profile = profile_of(study, site)
    people = read_crosswalk(crosswalk, needed=True) if crosswalk else CrosswalkFile()
    told.files, leaks = audit(
        files,
        profile=profile,
        known=people.identifiers(),
        original=original,
        people=people,
    )
    site_key = read_key(key) if key is not None else None
    if public_key:
        told.leaks += _public(files, beside.manifest, public_key, told)
    elif site_key is not None and (original is None or beside.manifest.exists()):
        told.leaks += check_manifest(files, beside.manifest, site_key)
    told.leaks += leaks
    if original is not None:
        originals = expanded(sources(original), in_folder)
        told.comparison = compare(originals, files, key=site_key, people=people)
        told.problems = told.comparison.problems
    else:
        told.problems = list(marks_of(files))
    _print(told, as_json=as_json, report=report, folder=folder)
    raise typer.Exit(1 if told.leaks or told.problems else 0)


@dataclass(slots=True)
class _Told:
    """What a verification came to."""

    files: int = 0
    leaks: list[FileLeak] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    comparison: Comparison | None = None
    signed_by: str = ""

    def as_json(self) -> dict[str, Any]:
        """As the contract writes it, with what came later."""
        document: dict[str, Any] = {
            "files": self.files,
            "leaks": [leak.as_json() for leak in self.leaks],
            "problems": [problem.as_json() for problem in self.problems],
        }
        if self.comparison is not None:
            document["comparison"] = self.comparison.as_json()
        if self.signed_by:
            document["signed_by"] = self.signed_by
        return document


@dataclass(frozen=True, slots=True)
class _Beside:
    folder: Path
    named: Path | None

    @property
    def manifest(self) -> Path:
        if self.named is not None:
            return self.named
        zipped = self.folder.suffix.lower() == ".zip" and self.folder.is_file()
        name = self.folder.stem if zipped else self.folder.name
        return self.folder.with_name(f"{name}.manifest.json")


def _listed(folder: str) -> list[Readable]:
    from provident.adapters.deid_files import is_remote, remote_sources

    if is_remote(folder):
        return list(remote_sources(folder))
    if not Path(folder).exists():
        raise InvalidInput(f"{folder}: there is no such folder.")
    return list(sources(Path(folder)))


def _public(
    files: Sequence[Readable], manifest: Path, public_key: str, told: _Told
) -> list[FileLeak]:
    from provident.adapters.signatures import check

    listing = read_manifest(manifest)
    result = check(listing, public_key)
    if not result.good:
        say(result.words)
        return [FileLeak(manifest.name, "manifest", result.code)]
    told.signed_by = result.fingerprint
    return unlike(listing, files)


def _print(told: _Told, *, as_json: bool, report: Path | None, folder: str) -> None:
    document = told.as_json()
    if report is not None:
        page = verify_report.page(document, Path(folder).name)
        _write_report(report, document, page)
    if as_json:
        emit_names(document)
    else:
        lines = [f"{leak.file}: {leak.kind} at {leak.where}" for leak in told.leaks]
        lines += [_problem_line(p) for p in told.problems]
        for line in lines[:SHOWN]:
            tell(line)
        if len(lines) > SHOWN:
            tell(f"... and {len(lines) - SHOWN} more; --json or --report has all.")
    _say_sums(told)


def _problem_line(problem: Problem) -> str:
    place = f" at {problem.where}" if problem.where else ""
    return f"{problem.file}: {problem.kind}{place}: {PROBLEMS[problem.kind]}"


def _say_sums(told: _Told) -> None:
    if told.signed_by:
        say(f"The manifest was signed by {told.signed_by}, the key expected.")
    if told.comparison is not None:
        c = told.comparison
        say(
            f"{c.pairs} of {c.originals} originals have an output and were held against it; "
            f"{c.without_output} have none (they wait, or were lost). {c.painted} images were painted on."
        )
        lost = sum(c.losses.values())
        say(f"{c.values} values that no rule removes were compared, {lost} are gone or changed.")  # fmt: skip
        for (name, kind), count in c.losses.most_common(20):
            say(f"  {name}: {kind} in {count} files")
    for kind, count in Counter(p.kind for p in told.problems).most_common():
        say(f"  {count} {kind}: {PROBLEMS[kind]}")
    say(
        f"{told.files} files looked at, {len(told.leaks)} things found that must not be there."
    )


def _write_report(name: Path, document: dict[str, Any], page: str) -> None:
    raw = json.dumps(document, ensure_ascii=False, indent=2)
    written(name.with_name(f"{name.name}.html"), page.encode(errors="surrogateescape"), private=True)  # fmt: skip
    written(name.with_name(f"{name.name}.json"), raw.encode(errors="surrogateescape"), private=True)  # fmt: skip
    say(f"Report: {name}.html and {name}.json")


def write_acceptance(folder: Path, *, as_json: bool) -> None:
    """Write the corpus into a folder and its answer key beside it."""
    from provident.synthetic.acceptance import key_beside, write

    corpus = write(folder)
    key = key_beside(folder)
    if as_json:
        emit_names({"folder": str(folder), "key": str(key), "files": len(corpus.files), "corpus": corpus.hash})  # fmt: skip
    say(
        f"{len(corpus.files)} synthetic files are in {folder}. Nobody in them exists. The answers are in {key}: keep "
        "them from whoever de-identifies."
    )
    say(
        f"De-identify the folder with any program, then run: provident verify OUT --acceptance {key}"
    )


def _score(
    folder: Path, key: Path, names: Path | None, report: Path | None, *, as_json: bool
) -> None:
    from provident.synthetic.acceptance import read_answers, score

    if not folder.is_dir():
        raise InvalidInput(f"{folder}: there is no such folder.")
    result = score(folder, read_answers(key), names)
    document = result.as_json()
    if report is not None:
        _write_report(report, document, verify_report.score_page(document))
    if as_json:
        emit_names(document)
    else:
        for line in result.lines():
            tell(line)
    say(result.verdict)
    raise typer.Exit(1 if result.leaks else 0)
