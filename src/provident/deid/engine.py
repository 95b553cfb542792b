"""De-identify one file: bytes in, bytes out, or a reason why a human must look first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from provident.deid.charsets import codecs
from provident.deid.dates import is_older_than
from provident.deid.elements import (
    DEFLATED,
    EXPLICIT_BIG,
    EXPLICIT_LITTLE,
    IMPLICIT_LITTLE,
    Damaged,
    Element,
    elements,
    read_header,
)
from provident.deid.gather import Gatherer
from provident.deid.header import HeaderEngine, Written
from provident.deid.identifiers import Identifiers
from provident.deid.identity import SiteKey, Subject, hidden_uid
from provident.deid.profile import Profile
from provident.deid.report import Deidentified, DeidReport
from provident.deid.rules import Rules
from provident.deid.text import Cleaner
from provident.deid.transcode import from_big_endian, inflate
from provident.deid.trial import written_elements
from provident.deid.vrs import VRS
from provident.deid.writer import encode_meta


DIRECTORY_CLASS = "1.2.840.10008.1.3.10"
SOP_CLASS, SOP_INSTANCE = 0x00080016, 0x00080018
CHARACTER_SET = 0x00080005
PATIENT_AGE = 0x00101010
ENCAPSULATED_DOCUMENT = 0x00420011
_HEADER_OPTIONS = frozenset(
    {113103, 113104, 113105, 113106, 113107, 113108, 113109, 113110, 113111, 113112}
)
_TRANSFER_SYNTAXES = "1.2.840.10008.1.2"


@dataclass(slots=True)
class Instance:
    """One file as it was read: little endian body, its elements, and what says how to read it."""

    body: bytes
    implicit: bool
    transfer_syntax: str
    elements: list[Element]
    sop_class: str
    sop_instance: str
    character_set: str
    age: str = ""
    notes: list[str] = field(default_factory=list)

    def value(self, tag: int) -> bytes | None:
        """The raw value of a top-level element."""
        for element in self.elements:
            if element.tag == tag:
                return self.body[element.value : element.end]
        return None

    def text(self, tag: int) -> str:
        """An ASCII value of a top-level element, or an empty string."""
        raw = self.value(tag)
        return raw.decode("ascii", "replace").strip("\0 ") if raw else ""


def read_instance(data: bytes) -> Instance:
    """Split a file into its elements.

    Raises:
        Damaged: it cannot be read without doubt; the reason is a public code.
    """
    header = read_header(data)
    syntax, implicit, body, start = (
        header.transfer_syntax,
        header.implicit,
        data,
        header.body,
    )
    notes = []
    if syntax == EXPLICIT_BIG:
        body, start, syntax = (
            from_big_endian(data, start, len(data)),
            0,
            EXPLICIT_LITTLE,
        )
        notes.append("big endian brought into explicit little endian")
    elif syntax == DEFLATED:
        body, start, syntax = inflate(data[start:]), 0, EXPLICIT_LITTLE
        notes.append("deflated data set stored as explicit little endian")
    if not syntax:
        syntax = IMPLICIT_LITTLE if implicit else EXPLICIT_LITTLE
        notes.append("transfer syntax told by the data set itself")
    if not syntax.startswith(_TRANSFER_SYNTAXES):
        raise Damaged("transfer_syntax", syntax)
    implicit = _really_implicit(body, start)
    found = list(elements(body, start, len(body), implicit=implicit))
    _refuse_duplicates(found)
    instance = Instance(body, implicit, syntax, found, "", "", "", notes=notes)
    instance.sop_class = instance.text(SOP_CLASS) or _meta_text(header.meta, 0x00020002)
    instance.sop_instance = instance.text(SOP_INSTANCE)
    instance.character_set = instance.text(CHARACTER_SET)
    instance.age = instance.text(PATIENT_AGE)
    if instance.sop_class == DIRECTORY_CLASS:
        raise Damaged("directory")
    if not instance.sop_class or not instance.sop_instance:
        raise Damaged("no_identity")
    return instance


def _meta_text(meta: dict[int, bytes], tag: int) -> str:
    return meta.get(tag, b"").decode("ascii", "replace").strip("\0 ")


def _really_implicit(body: bytes, start: int) -> bool:
    """What the first element shows: some senders name the wrong one of the two."""
    if len(body) - start < 8:
        raise Damaged("truncated", "no data set")
    return body[start + 4 : start + 6] not in VRS


def _refuse_duplicates(found: list[Element]) -> None:
    tags = [e.tag for e in found]
    if len(set(tags)) != len(tags):
        raise Damaged("damaged", "an element stands twice")


class Workbench:
    """Everything that may be shared between files of one participant: caches, never results."""

    def __init__(self, profile: Profile, key: SiteKey, subject: Subject) -> None:
        self.profile = profile
        self.key = key
        self.subject = subject
        self._rules: dict[str, Rules] = {}
        self._cleaners: dict[Identifiers, Cleaner] = {}
        self._gatherers: dict[tuple[bool, str], Gatherer] = {}
        self._engines: OrderedDict[object, HeaderEngine] = OrderedDict()
        self._written: dict[object, list[Written]] = {}

    def deidentify(self, data: bytes) -> Deidentified:
        """One file; never raises for what is in it."""
        try:
            instance = read_instance(data)
            return self._deidentify(instance)
        except Damaged as damage:
            return self._held(damage.reason)
        except RecursionError:
            return self._held("damaged")

    def _deidentify(self, instance: Instance) -> Deidentified:
        if (
            instance.value(ENCAPSULATED_DOCUMENT) is not None
            and self.profile.documents == "quarantine"
        ):
            return self._held("document_needs_review", instance)
        identifiers = self.gather(instance) | self.subject.identifiers
        engine = self._engine(instance, identifiers)
        engine.unapproved.clear()
        written = engine.data_set(
            instance.body, instance.elements, implicit=instance.implicit
        )
        unapproved = tuple(dict.fromkeys(engine.unapproved))
        kept = len(written)
        written += self._own(instance)
        written.sort(key=_tag)
        if unapproved and self.profile.text == "hold":
            return self._held("text_needs_review", instance, unapproved)
        uid = hidden_uid(self.key, instance.sop_instance)
        meta = encode_meta(instance.sop_class, uid, instance.transfer_syntax)
        out = b"".join([meta, *(raw for _, raw in written)])
        report = self._report(instance, kept, unapproved, uid)
        return Deidentified(out, report)

    def gather(self, instance: Instance) -> Identifiers:
        """What identifies the person, from this file alone."""
        which = (instance.implicit, instance.character_set)
        gatherer = self._gatherers.get(which)
        if gatherer is None:
            gatherer = self._gatherers[which] = Gatherer(
                implicit=instance.implicit, character_set=instance.character_set
            )
        return gatherer.data_set(instance.body, instance.elements)

    def _engine(self, instance: Instance, identifiers: Identifiers) -> HeaderEngine:
        old = bool(instance.age) and is_older_than(instance.age, self.profile.age_cap)
        scope = (
            instance.sop_class,
            instance.character_set,
            instance.implicit,
            identifiers.without_uids(),
            old,
        )
        engine = self._engines.get(scope)
        if engine is None:
            engine = HeaderEngine(
                self._rules_of(instance.sop_class),
                self.key,
                self.subject,
                self._cleaner(identifiers.without_uids()),
                codecs(instance.character_set),
                implicit=instance.implicit,
                very_old=old,
            )
            self._engines[scope] = engine
            if len(self._engines) > 16:
                self._engines.popitem(last=False)
        return engine

    def _rules_of(self, sop_class: str) -> Rules:
        if sop_class not in self._rules:
            self._rules[sop_class] = Rules(self.profile, sop_class)
        return self._rules[sop_class]

    def _cleaner(self, identifiers: Identifiers) -> Cleaner:
        if identifiers not in self._cleaners:
            if len(self._cleaners) > 32:
                self._cleaners.clear()
            self._cleaners[identifiers] = Cleaner(
                identifiers, self.profile.approved, self.profile.text == "hold"
            )
        return self._cleaners[identifiers]

    def _own(self, instance: Instance) -> list[Written]:
        which = (instance.character_set, instance.implicit)
        if which not in self._written:
            self._written[which] = written_elements(
                self.profile,
                self.subject,
                codecs(instance.character_set),
                implicit=instance.implicit,
                applied=self.profile.options & _HEADER_OPTIONS,
            )
        return self._written[which]

    def _held(
        self,
        reason: str,
        instance: Instance | None = None,
        unapproved: tuple[str, ...] = (),
    ) -> Deidentified:
        return Deidentified(None, self._report(instance, 0, unapproved, ""), reason)

    def _report(
        self,
        instance: Instance | None,
        kept: int,
        unapproved: tuple[str, ...],
        uid: str,
    ) -> DeidReport:
        total = len(instance.elements) if instance else 0
        return DeidReport(
            profile=self.profile.id,
            profile_version=self.profile.version,
            profile_hash=self.profile.hash,
            sop_instance_uid=uid,
            transfer_syntax=instance.transfer_syntax if instance else "",
            kept=kept,
            removed=max(total - kept, 0),
            notes=tuple(instance.notes) if instance else (),
            unapproved=unapproved,
        )


def _tag(written: Written) -> int:
    return written[0]


_BENCHES: OrderedDict[tuple[str, SiteKey, Subject], Workbench] = OrderedDict()


def deidentify(
    data: bytes, *, profile: Profile, key: SiteKey, subject: Subject
) -> Deidentified:
    """De-identify one DICOM file.

    The same data, profile, key and subject give the same bytes, always. Nothing in `data` makes
    it raise: what cannot be cleaned for certain comes back with `data=None` and a reason.
    """
    return workbench(profile, key, subject).deidentify(data)


def workbench(profile: Profile, key: SiteKey, subject: Subject) -> Workbench:
    """The shared caches of a participant, kept for the latest few."""
    which = (profile.hash, key, subject)
    bench = _BENCHES.pop(which, None) or Workbench(profile, key, subject)
    _BENCHES[which] = bench
    while len(_BENCHES) > 8:
        _BENCHES.popitem(last=False)
    return bench


def gather(data: bytes) -> Identifiers:
    """What identifies the person of a file, from its whole header; empty for what is no DICOM."""
    try:
        instance = read_instance(data)
        gatherer = Gatherer(
            implicit=instance.implicit, character_set=instance.character_set
        )
        return gatherer.data_set(instance.body, instance.elements)
    except (Damaged, RecursionError):
        return Identifiers()
