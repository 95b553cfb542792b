"""The report of a run for people: counts, what waits and why, what was removed by which rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from provident.deid.outcomes import Outcome
from provident.deid.profile import Profile
from provident.deid.rules import Rules
from provident.deid.vrs import is_standard, keyword_of


NAMED = 5000  # files that wait and are named; more are counted


@dataclass(frozen=True, slots=True)
class Removed:
    """One attribute, in how many files it was removed, and by which rule."""

    what: str
    files: int
    rule: str


def removed(outcomes: Iterable[Outcome], profile: Profile) -> list[Removed]:
    """What was removed of the files' first level, most often first; private elements together."""
    counts: Counter[str] = Counter()
    rules: dict[str, str] = {}
    judge = Rules(profile, "")
    for outcome in outcomes:
        found = {_name(tag): tag for tag in outcome.removed}
        counts.update(found.keys())
        for name, tag in found.items():
            if name not in rules:
                private = (tag >> 16) & 1
                rules[name] = "no rule names it" if private else judge.why(tag)
    told = [Removed(name, count, rules[name]) for name, count in counts.items()]
    return sorted(told, key=lambda r: (-r.files, r.what))


def _name(tag: int) -> str:
    if (tag >> 16) & 1:
        return "private elements"
    place = f"({tag >> 16:04x},{tag & 0xFFFF:04x})"
    return f"{place} {keyword_of(tag)}" if is_standard(tag) else f"{place} unknown"


def page(
    outcomes: Sequence[Outcome],
    profile: Profile,
    *,
    words: Mapping[str, str],
    seconds: float,
) -> str:
    """One HTML page without any outside request. It names input paths: it identifies people."""
    held = [o for o in outcomes if o.out is None]
    reasons = Counter(o.reason or "held" for o in held)
    waiting = [
        (reason, str(count), words.get(reason, reason))
        for reason, count in reasons.most_common()
    ]
    files = [(o.name, o.reason or "held") for o in held[:NAMED]]
    gone = [(r.what, str(r.files), r.rule) for r in removed(outcomes, profile)]
    more = len(held) - len(files)
    return _PAGE.format(
        title="De-identification report",
        total=len(outcomes),
        out=len(outcomes) - len(held),
        held=len(held),
        seconds=f"{seconds:.1f}",
        profile=escape(f"{profile.id}, version {profile.version}, {profile.edition}"),
        hash=profile.hash,
        waiting=_table(("Reason", "Files", "What it means"), waiting),
        files=_table(("File of the input", "Reason"), files),
        more=f"<p>{more} more wait; the JSON report names them all.</p>" if more else "",
        gone=_table(("Attribute", "Files", "Rule"), gone),
    )  # fmt: skip


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return "<p>None.</p>"
    head = "".join(f'<th scope="col">{escape(h)}</th>' for h in heads)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>\n"
        for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>"


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #212b32; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; padding: .3rem 1rem .3rem 0; border-bottom: 1px solid #d8dde0; vertical-align: top; overflow-wrap: anywhere; }}
.warning {{ border: 2px solid #d5281b; padding: .5rem 1rem; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p class="warning"><strong>This report identifies people: it names paths of the input. Keep it at the site.</strong></p>
<p>{total} files in, {out} out, {held} in quarantine, {seconds} s.</p>
<p>Profile {profile}.<br>Hash {hash}</p>
<h2>What waits for a person</h2>
{waiting}
<h3>Files</h3>
{files}
{more}
<h2>What was removed</h2>
<p>Attributes of the files' first level, in how many of the files of this run. What was emptied, replaced, shifted or
cleaned is still there with another value and is not counted here.</p>
{gone}
</main>
</body>
</html>
"""
