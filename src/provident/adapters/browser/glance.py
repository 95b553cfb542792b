"""What a header tells before anything is done with a file: whose it is, when it was made, what it belongs to.

Identifiable: it is shown to the person at the browser and never leaves it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime

from provident.deid.charsets import codecs, decode
from provident.deid.elements import Damaged
from provident.deid.identity import SiteKey
from provident.deid.instance import Instance, read_instance
from provident.deid.report import REASONS
from provident.deid.subjects import issuer_of


# Where the date of acquisition stands: of the image, else of the series, else of the exam; as at a gateway.
_DATES = (0x00080022, 0x0008002A, 0x00080021, 0x00080020, 0x00080023)
VOLUMES = frozenset(("CT", "MR", "PT", "NM"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """One file; `person` is the keyed code of who it is of, blank where the file does not say.

    `acquired` is YYYY-MM-DD or blank; `reason` says why the file cannot be read at all.
    """

    reason: str = ""
    explanation: str = ""
    patient: str = field(default="", repr=False)
    issuer: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    born: str = field(default="", repr=False)
    study: str = ""
    series: str = ""
    instance: str = ""
    modality: str = ""
    number: str = ""
    order: str = ""  # the instance number: where it stands in its series
    acquired: str = field(default="", repr=False)
    deidentified_before: bool = False

    def as_json(self) -> dict[str, object]:
        """For the page."""
        return asdict(self)


def glance(data: bytes) -> Glance:
    """Look at one file; never raises for what is in it."""
    try:
        instance = read_instance(data)
    except (Damaged, RecursionError) as error:
        reason = getattr(error, "reason", "damaged")
        return Glance(reason=reason, explanation=REASONS.get(reason, reason))
    text = _Texts(instance)
    if not (text(0x0020000D) and text(0x0020000E)):
        return Glance(reason="no_identity", explanation=REASONS["no_identity"])
    return Glance(
        patient=text(0x00100020),
        issuer=issuer_of(instance),
        name=text(0x00100010).replace("^", " ").strip(),
        born=text(0x00100030),
        study=text(0x0020000D),
        series=text(0x0020000E),
        instance=instance.sop_instance,
        modality=text(0x00080060)[:16],
        number=text(0x00200011),
        order=text(0x00200013),
        acquired=_acquired(text),
        deidentified_before=text(0x00120062).upper() == "YES" or bool(text(0x00120063)),
    )


def person_code(key: SiteKey, issuer: str, patient: str) -> str:
    """Who the images are of, as the centre may know it: HMAC-SHA256 under the site's key, 64 hexadecimal digits.

    Without the key nobody can test a guess of a hospital number against it.
    """
    return key.mac("person", issuer.strip().upper(), patient.strip().upper()).hex()


def key_check(key: SiteKey) -> str:
    """The key check value: tells two keys apart and nothing else, 16 hexadecimal digits."""
    return key.mac("check")[:8].hex()


def _acquired(text: _Texts) -> str:
    for tag in _DATES:
        found = _day(text(tag).replace(".", "")[:8])
        if found is not None:
            return found.isoformat()
    return ""


def _day(digits: str) -> date | None:
    try:
        return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007  # a date has no zone
    except ValueError:
        return None


class _Texts:
    """The first value of elements as text."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._encodings = codecs(instance.character_set)

    def __call__(self, tag: int) -> str:
        raw = self._instance.value(tag)
        if not raw:
            return ""
        return decode(raw, self._encodings).split("\\")[0].strip("\0 ")
