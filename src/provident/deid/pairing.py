"""Which output belongs to which original: by its UID under the key, by UID or name, else by equal pixels."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BytesIO

import pydicom
from pydicom.dataset import Dataset

from provident.deid.elements import Damaged
from provident.deid.identity import SiteKey, hidden_uid
from provident.deid.instance import read_instance
from provident.deid.sources import Readable, Unreadable
from provident.deid.subjects import FileSubject, person_of


_PIXELS = (0x7FE00010, 0x7FE00008, 0x7FE00009)


@dataclass(frozen=True, slots=True)
class _Output:
    """What tells one output from another with the same pixels."""

    source: Readable
    sop_class: str
    participant: str
    number: str

    @classmethod
    def of(cls, source: Readable, ds: Dataset) -> _Output:
        told = (str(ds.get(k, "")) for k in ("SOPClassUID", "PatientID", "InstanceNumber"))  # fmt: skip
        return cls(source, *told)


class Index:
    """The outputs by UID, by pixels and by name."""

    def __init__(self, outputs: Iterable[Readable]) -> None:
        self._by_uid: dict[str, Readable] = {}
        self._by_pixels: dict[str, list[_Output]] = {}
        self._by_name: dict[str, Readable] = {}
        self._taken: set[str] = set()
        for source in outputs:
            ds = dataset_of(source, pixels=True)
            if ds is None:
                continue
            self._by_uid[str(ds.get("SOPInstanceUID", ""))] = source
            self._by_name[source.name] = source
            if digest := pixels_of(ds):
                self._by_pixels.setdefault(digest, []).append(_Output.of(source, ds))

    def partner(
        self, source: Readable, before: Dataset, key: SiteKey | None, participant: str
    ) -> Readable | None:
        """The output of an original; None where there is none, or where several cannot be told apart."""
        found = self._found(source, before, key, participant)
        if found is not None:
            self._taken.add(found.name)
        return found

    def _found(
        self, source: Readable, before: Dataset, key: SiteKey | None, participant: str
    ) -> Readable | None:
        uid = str(before.get("SOPInstanceUID", ""))
        if key is not None and (found := self._by_uid.get(hidden_uid(key, uid))):
            return found
        if found := self._by_uid.get(uid) or self._by_name.get(source.name):
            return found
        wanted = _Output.of(source, before)
        # Of two originals with the same pixels one may wait: the other's output is not its own.
        among = [o for o in self._by_pixels.get(pixels_of(before), []) if o.source.name not in self._taken]  # fmt: skip
        return _only_one(among, wanted, participant)


def _only_one(
    among: list[_Output], wanted: _Output, participant: str
) -> Readable | None:
    """The one that fits best by person, class, number and file name, if it is one."""
    file = wanted.source.name.rpartition("/")[2]
    fits: tuple[Callable[[_Output], bool], ...] = (
        lambda o: o.sop_class == wanted.sop_class,
        lambda o: o.participant == participant,
        lambda o: o.number == wanted.number,
        lambda o: o.source.name.rpartition("/")[2] == file,
    )
    for fit in fits:
        among = [o for o in among if fit(o)] or among
    return among[0].source if len(among) == 1 else None


def pixels_of(ds: Dataset) -> str:
    """The digest of the pixels as they are stored; empty where there are none."""
    for tag in _PIXELS:
        if tag in ds:
            value = ds[tag].value
            return hashlib.sha256(bytes(value or b"")).hexdigest()
    return ""


def person_in(source: Readable) -> FileSubject | None:
    """Whom a file belongs to, as it says; None where it cannot be read."""
    try:
        return person_of(read_instance(source.read()))
    except (Damaged, Unreadable, RecursionError):
        return None


def dataset_of(source: Readable | None, *, pixels: bool = False) -> Dataset | None:
    if source is None:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return pydicom.dcmread(BytesIO(source.read()), stop_before_pixels=not pixels)  # fmt: skip
    except Exception:  # noqa: BLE001  # verification says of each file whether it can be read
        return None
