"""What de-identification did, or would do, with held files: for the person of the site who decides about them.

Shows original values, so that it is for the site alone; each look is in the gateway's ledger.
`Review.without_values` is what others may see: attributes, rules and reasons.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from provident import deid
from provident.adapters.gateway.deidentifying import Exam
from provident.adapters.gateway.preparing import describe
from provident.adapters.gateway.schedule import Schedule
from provident.adapters.gateway.site import SiteGateway
from provident.adapters.gateway.spool import Arrival
from provident.kernel import Clock, InvalidInput, NotFound, NotReady


MOST_FILES = 40  # explained at one look, every series among them: 20 ms each
MOST_VALUES = 6  # shown of one attribute
PICTURE = 900  # pixels along the longer side
BOX = (230, 60, 30)  # colour of what would be painted out
_ITEM = re.compile(r"\[\d+\]")
_TAG = re.compile(r"\(([0-9A-Fa-f]{4}), ?([0-9A-Fa-f]{4})\)")


@dataclass(frozen=True, slots=True)
class Pair:
    """One value before and after; `otherwise` is what is left of it where nobody approves its words."""

    before: str = field(repr=False)
    after: str = field(repr=False)
    files: int
    otherwise: str = field(default="", repr=False)
    reference: str = ""  # of a value that can be approved


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """What was done with one attribute over all files, by which rule and why."""

    where: str
    keyword: str
    name: str
    action: str
    why: str
    files: int
    values: int  # different ones
    pairs: tuple[Pair, ...] = field(default=(), repr=False)

    @property
    def waits(self) -> bool:
        """Whether a value of it waits for approval."""
        return any(pair.reference for pair in self.pairs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A look at a group of held files."""

    files: int
    explained: int
    profile: str
    attributes: tuple[Attribute, ...] = field(repr=False)

    def without_values(self) -> Review:
        """The same for those who may not know whose files they are."""
        bare = tuple(replace(a, pairs=()) for a in self.attributes)
        return replace(self, attributes=bare)

    def approvable(self) -> Iterator[tuple[Attribute, Pair]]:
        """Values that wait for approval."""
        for attribute in self.attributes:
            for pair in attribute.pairs:
                if pair.reference:
                    yield attribute, pair


def review(
    gateway: SiteGateway, clock: Clock, schedule: Schedule, hold_id: str, by: str
) -> Review:
    """Explain the files of a hold; recorded.

    Raises:
        NotFound: this gateway holds nothing under that reference.
        NotReady: nobody knows yet whose files they are.
    """
    arrivals = _held(gateway, hold_id)
    exam = _exam(gateway, schedule, hold_id, arrivals)
    gateway.ledger.record(clock, by, "hold.reviewed", hold=hold_id)
    some = _some(arrivals)
    found: dict[tuple[str, str, str, str], dict[tuple[str, str, str], int]] = {}
    seen: dict[tuple[str, str, str, str], int] = {}
    for arrival in some:
        touched = set()
        for key, value in _explained(gateway, exam, arrival):
            values = found.setdefault(key, {})
            values[value] = values.get(value, 0) + 1
            touched.add(key)
        for key in touched:
            seen[key] = seen.get(key, 0) + 1
    attributes = [_attribute(gateway, key, values, seen[key]) for key, values in found.items()]  # fmt: skip
    # What waits first; then what stays, which nobody else will look at again.
    order = {"kept": 1, "changed": 2, "emptied": 3, "removed": 4, "written": 5}
    attributes.sort(key=lambda a: (not a.waits, order.get(a.action, 6), a.where))
    return Review(
        files=len(arrivals),
        explained=len(some),
        profile=f"{exam.profile.id} {exam.profile.version}",
        attributes=tuple(attributes),
    )


def _held(gateway: SiteGateway, hold_id: str) -> list[Arrival]:
    arrivals = gateway.spool.arrivals(
        "hold = ? AND state = 'held' AND bytes_kept = 1", hold_id
    )
    if not arrivals:
        raise NotFound("This gateway holds nothing under that reference any more.")
    return arrivals


def _exam(
    gateway: SiteGateway, schedule: Schedule, hold_id: str, arrivals: Sequence[Arrival]
) -> Exam:
    [hold] = gateway.spool.holds("id = ?", hold_id)
    participant = schedule.participants.get(hold.participant)
    if participant is None:
        raise NotReady("It is not known yet whose images these are, so nothing was de-identified. Link them first.")  # fmt: skip
    return describe(gateway, schedule, participant, arrivals)


def _some(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """The first file of each series, and others at even distances."""
    firsts = {a.series: a for a in reversed(arrivals)}
    chosen = {a.id for a in firsts.values()}
    rest = [a for a in arrivals if a.id not in chosen]
    left = max(0, MOST_FILES - len(chosen))
    step = max(1, -(-len(rest) // left)) if left else len(rest) + 1
    chosen |= {a.id for a in rest[::step]} if left else set()
    return [a for a in arrivals if a.id in chosen][:MOST_FILES]


Key = tuple[str, str, str, str]


def _explained(
    gateway: SiteGateway, exam: Exam, arrival: Arrival
) -> Iterator[tuple[Key, tuple[str, str, str]]]:
    """(where, name, action, why) and (before, after if approved, after otherwise) of each element of a file."""
    try:
        original = gateway.vault.get(arrival.id)
    except (InvalidInput, FileNotFoundError):
        return
    told: dict[str, Any] = {"key": gateway.site_key, "subject": exam.subject}
    hold, clean = (exam.profile.with_text(how) for how in ("hold", "clean"))
    otherwise = {c.where: c.after for c in deid.explain(original, profile=clean, **told)}  # fmt: skip
    for change in deid.explain(original, profile=hold, **told):
        # What Provident writes names the profile, which differs by how it takes text.
        left = change.after if change.action == "written" else otherwise.get(change.where, change.after)  # fmt: skip
        where = _ITEM.sub("[]", change.where)
        yield (where, change.name, change.action, change.why), (change.before, change.after, left)  # fmt: skip


def _attribute(
    gateway: SiteGateway, key: Key, values: dict[tuple[str, str, str], int], files: int
) -> Attribute:
    where, name, action, why = key
    keyword = _keyword(where)
    pairs = []
    for (before, after, otherwise), n in sorted(values.items(), key=lambda v: (-v[1], v[0])):  # fmt: skip
        waits = after != otherwise
        reference = gateway.hide("value", keyword, after)[:16] if waits else ""
        pairs.append(Pair(before, after, n, otherwise if waits else "", reference))
    pairs.sort(key=lambda pair: not pair.reference)
    shown = [p for k, p in enumerate(pairs) if p.reference or k < MOST_VALUES]
    return Attribute(
        where=where, keyword=keyword, name=name, action=action, why=why, files=files, values=len(pairs),
        pairs=tuple(shown),
    )  # fmt: skip


def _keyword(where: str) -> str:
    """The keyword of the innermost element, or its tag where the dictionary has none."""
    from pydicom.datadict import keyword_for_tag

    found = _TAG.findall(where)
    if not found:
        return where
    group, element = found[-1]
    return keyword_for_tag(int(group + element, 16)) or f"({group},{element})"


def proposals(
    gateway: SiteGateway,
    clock: Clock,
    of: Review,
    *,
    hold_id: str,
    approved: Collection[str],
    marked: Collection[str],
    why: str,
    by: str,
) -> tuple[str, str]:
    """Lines for the plan: values for the list of approved ones, and deviations for what was marked to be removed.

    Only the counts are recorded; the lines are for the person to hand on.

    Raises:
        InvalidInput: nothing was chosen, or something was marked without saying why.
    """
    chosen = [(a, p) for a, p in of.approvable() if p.reference in set(approved)]
    keywords = list(dict.fromkeys(a.keyword for a in of.attributes if a.keyword in set(marked)))  # fmt: skip
    if not chosen and not keywords:
        raise InvalidInput("Choose values to approve, or mark what must be removed.")
    if keywords and not why.strip():
        raise InvalidInput("Say why the marked attributes must be removed; the plan keeps the reason.")  # fmt: skip
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for line in dict.fromkeys((a.keyword, pair.after) for a, pair in chosen):
        writer.writerow(line)
    reason = " ".join(why.split()).replace("\\", "/").replace('"', "'")
    lines = [f'- {{tag: "{k}", action: remove, why: "{reason}"}}' for k in keywords]
    gateway.ledger.record(
        clock, by, "hold.proposed", hold=hold_id, approved=len(chosen), marked=len(keywords),
    )  # fmt: skip
    return out.getvalue(), "\n".join(lines)


def painted_picture(
    gateway: SiteGateway, clock: Clock, hold_id: str, number: int, by: str
) -> bytes:
    """One held image as a PNG, with a box around all that looks like text and would be painted out; recorded.

    Raises:
        NotFound: there is no such image, or its pixels do not decode.
    """
    from PIL import Image, ImageDraw

    from provident.deid import pixels as text
    from provident.dicom import pixels, read_header

    arrivals = gateway.spool.arrivals("hold = ? AND bytes_kept = 1", hold_id)
    if not 0 <= number < len(arrivals):
        raise NotFound("There is no such image.")
    gateway.ledger.record(clock, by, "hold.image_seen", hold=hold_id, number=number)
    try:
        data = gateway.vault.get(arrivals[number].id)
        regions = text.burned_in_text(data)
        image = Image.open(io.BytesIO(pixels.thumbnail(data, PICTURE))).convert("RGB")
        columns = int(read_header(data, only=[0x00280011])[0x00280011].value)
    except (InvalidInput, FileNotFoundError, KeyError, text.NotDecodable):
        raise NotFound("This image cannot be shown.") from None
    scale = image.width / columns
    draw = ImageDraw.Draw(image)
    for r in regions:
        corners = [scale * v for v in (r.left, r.top, r.right, r.bottom)]
        draw.rectangle(corners, outline=BOX, width=3)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
