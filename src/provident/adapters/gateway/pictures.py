"""Pictures of images before and after de-identification, and regions that people mark on them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Literal

from provident import deid
from provident.adapters.gateway.deidentifying import Exam, as_looked_at
from provident.adapters.gateway.groups import Group, exam_of
from provident.adapters.gateway.rulings import Rectangle, Signed
from provident.adapters.gateway.schedule import Schedule
from provident.adapters.gateway.site import SiteGateway
from provident.adapters.gateway.spool import Arrival
from provident.deid.pixels import NotDecodable, burned_in_text
from provident.kernel import Clock, InvalidInput, NotFound


Which = Literal["before", "after"]
LARGE = 900  # pixels along the longer side: burned-in text must be legible
SEEN, MARKED = (
    (230, 60, 30),
    (20, 110, 220),
)  # colours: looks like text, marked by a person
LOOKED = frozenset({"text_needs_review", "pixels_need_review"})
_ROWS, _COLUMNS = 0x00280010, 0x00280011


def shown(group: Group, most: int) -> list[int]:
    """Which images of a group are shown: the first of each series, then others in order; numbers from 0."""
    firsts: dict[str, int] = {}
    for number, arrival in enumerate(group.arrivals):
        firsts.setdefault(arrival.series, number)
    chosen = list(firsts.values())[:most]
    rest = [n for n in range(len(group.arrivals)) if n not in set(chosen)]
    return sorted([*chosen, *rest[: most - len(chosen)]])


def picture(
    gateway: SiteGateway,
    clock: Clock,
    schedule: Schedule,
    group: Group,
    number: int,
    which: Which,
    by: str,
) -> bytes:
    """One image as a PNG; recorded. Before: with boxes around what looks like text and what was marked; after: as sent.

    Raises:
        NotFound: there is no such image, its pixels do not decode, or nothing of it would be sent.
        NotReady: nobody knows yet whose images they are.
    """
    if not 0 <= number < len(group.arrivals):
        raise NotFound("There is no such image.")
    arrival = group.arrivals[number]
    gateway.ledger.record(
        clock, by, f"{group.kind}.image_seen", **{group.kind: group.reference}, number=number, which=which,
    )  # fmt: skip
    exam = exam_of(gateway, schedule, group)
    try:
        original = gateway.vault.get(arrival.id)
        if which == "before":
            return _boxed(original, exam.painted.get(arrival.series, ()))
        done = _as_sent(gateway, exam, arrival, original)
    except (InvalidInput, FileNotFoundError, NotDecodable):
        raise NotFound("This image cannot be shown.") from None
    if done.data is None:
        raise NotFound("Nothing of this image would be sent as it stands.")
    return _png(done.data)


def _as_sent(
    gateway: SiteGateway, exam: Exam, arrival: Arrival, original: bytes
) -> deid.Deidentified:
    """The file as it goes; one that waits for a look at its words or pixels, as it would go after it."""
    look = as_looked_at(original, exam, arrival)
    for more in (frozenset({"text_needs_review"}), LOOKED):
        done = deid.deidentify(
            look.data, profile=look.profile, key=gateway.site_key, subject=exam.subject, cleared=look.cleared | more,
        )  # fmt: skip
        if done.data is not None:
            break
    return done


def size(gateway: SiteGateway, group: Group, number: int) -> tuple[int, int]:
    """Columns and rows of an image, in which regions are marked; (0, 0) where it has none."""
    from provident.dicom import read_header

    try:
        header = read_header(gateway.vault.get(group.arrivals[number].id), only=[_ROWS, _COLUMNS])  # fmt: skip
    except (InvalidInput, FileNotFoundError, IndexError):
        return 0, 0
    return int(header.get("Columns") or 0), int(header.get("Rows") or 0)


def mark(
    gateway: SiteGateway,
    clock: Clock,
    group: Group,
    number: int,
    regions: Sequence[Rectangle],
    *,
    why: str,
    by: str,
) -> None:
    """Have regions painted over in every image of the series that an image belongs to; recorded.

    Raises:
        InvalidInput: no reason, no region, or one that does not lie in the image.
        NotFound: there is no such image.
    """
    if not 0 <= number < len(group.arrivals):
        raise NotFound("There is no such image.")
    columns, rows = size(gateway, group, number)
    if not regions or any(r.right > columns or r.bottom > rows for r in regions):
        raise InvalidInput(f"Mark a region inside the image, which is {columns} pixels wide and {rows} high.")  # fmt: skip
    signed = Signed(by, clock.now().isoformat(), " ".join(why.split()))
    gateway.rulings.paint(group.exam, group.arrivals[number].series, regions, signed)
    gateway.ledger.record(
        clock, by, f"{group.kind}.marked", **{group.kind: group.reference}, image=number, regions=len(regions),
        why=signed.why,
    )  # fmt: skip


def unmark(
    gateway: SiteGateway, clock: Clock, group: Group, region: int, by: str
) -> None:
    """Take a marked region back; recorded.

    Raises:
        NotFound: there is no such region.
    """
    if not gateway.rulings.unpaint(group.exam, region):
        raise NotFound("There is no such region, or it was taken back already.")
    gateway.ledger.record(clock, by, f"{group.kind}.unmarked", **{group.kind: group.reference}, region=region)  # fmt: skip


def _boxed(data: bytes, marked: Sequence[Rectangle]) -> bytes:
    from PIL import ImageDraw

    from provident.dicom import read_header

    image = _image(data)
    columns = int(read_header(data, only=[_COLUMNS]).get("Columns") or image.width)
    scale = image.width / columns
    draw = ImageDraw.Draw(image)
    found = [(r.left, r.top, r.right, r.bottom, SEEN) for r in burned_in_text(data)]
    found += [(r.left, r.top, r.right, r.bottom, MARKED) for r in marked]
    for *corners, colour in found:
        draw.rectangle([scale * v for v in corners], outline=colour, width=3)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _png(data: bytes) -> bytes:
    from provident.dicom import pixels

    return pixels.thumbnail(data, LARGE)


def _image(data: bytes) -> Any:
    from PIL import Image

    return Image.open(io.BytesIO(_png(data))).convert("RGB")
