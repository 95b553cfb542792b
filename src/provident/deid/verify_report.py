"""Pages of a verification and of an acceptance score, for the file of a site or a study: no outside request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from provident.deid.comparing import PROBLEMS


NAMED = 2000  # rows of a table
LEAKS = {
    "name": "A person's name, or a part of it.",
    "number": "A number that identifies: of a patient, an exam, a telephone.",
    "place": "An institution, an address, a device's name.",
    "date": "An original date.",
    "uid": "An original UID.",
    "path": "An identifier in the name of the file or its folder.",
    "unreadable": "It cannot be read, so nothing can be said for it.",
    "attribute": "An attribute that the standard's table and the profile remove.",
    "private": "A private attribute that no rule names.",
    "file_meta": "The file meta information names a station.",
    "padding": "There is something behind the data set.",
    "preamble": "There is something in the 128 bytes before the file's content.",
    "graphics": "An overlay or curve, in which a name may be drawn.",
    "contact_in_text": "A telephone number, an address or an e-mail address in a text.",
    "date_in_text": "A date in a text.",
    "uid_in_text": "A UID in a text.",
    "not_marked": "It does not say that the identity was removed: (0012,0062).",
    "changed": "The file is not the one that was made.",
    "missing": "A file that was made is not there.",
    "not_listed": "A file that was not made by this run.",
    "signature": "The manifest was changed, or was not signed with this key.",
    "other_key": "The manifest was signed by another key than the one expected.",
    "unsigned": "The manifest has no signature that can be checked with a public key.",
}


def page(document: Mapping[str, Any], name: str) -> str:
    """The page of one verification, from its JSON document."""
    leaks, problems = document["leaks"], document["problems"]
    good = not leaks and not problems
    verdict = (
        "Nothing was found that must not be there."
        if good
        else f"{len(leaks)} things that must not be there, {len(problems)} other problems. Do not pass these files on."
    )
    body = [
        _box(verdict, good=good),
        f"<p>{document['files']} files were looked at. Folder: {escape(name)}</p>",
    ]
    if "signed_by" in document:
        body.append(f"<p>The manifest is signed by the key {escape(document['signed_by'])}, the one expected; every file is as it lists them unless said below.</p>")  # fmt: skip
    body += ["<h2>What must not be there</h2>", _kinds(leaks, LEAKS)]
    body.append(table(("File", "Where", "What"), [(l["file"], l["where"], l["kind"]) for l in leaks]))  # fmt: skip # noqa: E741
    body += ["<h2>Other problems</h2>", _kinds(problems, PROBLEMS)]
    body.append(table(("File", "Where", "What"), [(p["file"], p["where"], p["kind"]) for p in problems]))  # fmt: skip
    body += _comparison(document.get("comparison"))
    return shell(
        "Verification of de-identified files",
        "".join(body),
        "This report names files and places in them, no value. Keep it with the study's file.",
    )


def _comparison(told: Mapping[str, Any] | None) -> list[str]:
    if told is None:
        return ["<h2>Held against the originals</h2><p>Not done: no originals were named.</p>"]  # fmt: skip
    rows = [(r["attribute"], r["kind"], str(r["files"])) for r in told["losses"]]
    return [
        "<h2>Held against the originals</h2>",
        f"<p>{told['compared']} of {told['originals']} originals have an output; {told['without_output']} have none: they "
        f"wait, or were lost. {told['painted']} images were painted on. {told['values_compared']} values that no rule of "
        f"the standard's table removes were compared.</p>",
        "<h3>Values that are gone or changed</h3>",
        table(("Attribute", "What", "Files"), rows),
    ]


def score_page(document: Mapping[str, Any]) -> str:
    """The page of one acceptance score, from its JSON document."""
    good = not document["leaks"]
    body = [_box(document["verdict"], good=good)]
    files = document["files"]
    body.append(
        f"<p>{files['planted']} files planted, {files['recognised']} recognised in the output, {files['held']} held back where "
        f"that is right, {files['missing']} missing, {files['unknown']} output files not recognised.</p>"
    )
    leaks = document["leaks"]
    places = Counter((leak["kind"], leak["where"]) for leak in leaks).most_common()
    body += ["<h2>Leaks</h2>", table(("What", "In which part of the file", "Times"), [(*k, str(n)) for k, n in places])]  # fmt: skip
    for title, name in (("What was lost", "losses"), ("What no longer fits together", "broken")):  # fmt: skip
        counts = Counter(one["kind"] for one in document[name]).most_common()
        body += [f"<h2>{title}</h2>", table(("What", "Times"), [(k, str(n)) for k, n in counts])]  # fmt: skip
    shares = [(kind, f"{r['right']} of {r['of']}", f"{r['percent']:.1f} %") for kind, r in document["checks"].items()]  # fmt: skip
    body += ["<h2>All checks by kind</h2>", table(("Kind", "Right", "Share"), shares)]
    listed = [(o["kind"], o.get("where", ""), o["file"], o["what"]) for o in (*leaks, *document["losses"], *document["broken"])]  # fmt: skip
    body += ["<h2>One by one</h2>", table(("What", "Where", "Planted file", "Which"), listed)]  # fmt: skip
    return shell("Acceptance of a de-identification", "".join(body), "All persons in it are invented.")  # fmt: skip


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table, its values made harmless; words where it is empty."""
    if not rows:
        return "<p>None.</p>"
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>\n"
        for row in rows[:NAMED]
    )
    more = len(rows) - NAMED
    rest = f"<p>{more} more; the JSON report has them all.</p>" if more > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>{rest}"


def _kinds(found: Sequence[Mapping[str, str]], words: Mapping[str, str]) -> str:
    counts = Counter(one["kind"] for one in found).most_common()
    if not counts:
        return ""
    return table(("What", "Times", "What it means"), [(k, str(n), words.get(k, "The profile removes it, and it is there.")) for k, n in counts])  # fmt: skip


def _box(words: str, *, good: bool) -> str:
    look = "good" if good else "bad"
    return f'<p class="{look}"><strong>{escape(words)}</strong></p>'


def shell(title: str, body: str, note: str) -> str:
    """A whole page around its body."""
    return _PAGE.format(title=escape(title), body=body, note=escape(note))


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #212b32; }}
table {{ border-collapse: collapse; width: 100%; margin-bottom: 1rem; }}
th, td {{ text-align: left; padding: .3rem 1rem .3rem 0; border-bottom: 1px solid #d8dde0; vertical-align: top; overflow-wrap: anywhere; }}
.good, .bad {{ border-left: .4rem solid #007f3b; padding: .5rem 1rem; background: #f0f4f5; }}
.bad {{ border-color: #d5281b; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{body}
<p>{note}</p>
</main>
</body>
</html>
"""
