"""De-identify one file: bytes in, bytes out, or a reason why a human must look first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from functools import lru_cache
from itertools import count
from operator import itemgetter
from threading import Lock

from provident.deid.charsets import codecs
from provident.deid.dates import is_older_than
from provident.deid.elements import PIXEL_DATA, Damaged
from provident.deid.gather import Gatherer
from provident.deid.header import HeaderEngine, Remembered, Written
from provident.deid.identifiers import Identifiers
from provident.deid.identity import SiteKey, Subject, hidden_uid
from provident.deid.image import (
    Look,
    clean_pixel_element,
    how_looked_at,
    looks_of,
    shows_a_face,
)
from provident.deid.instance import CHARACTER_SET, Instance, NotApart, read_instance
from provident.deid.looking import SERIES_LOOKED_AT, WAITS, look_at
from provident.deid.pixels.wording import may_stay
from provident.deid.profile import Profile
from provident.deid.report import Deidentified, DeidReport
from provident.deid.rules import Do, Rules
from provident.deid.text import Cleaner
from provident.deid.trial import placeholder, written_elements
from provident.deid.writer import encode_element, encode_meta


ENCAPSULATED_DOCUMENT, MIME_TYPE = 0x00420011, 0x00420012
_HEADER_OPTIONS = frozenset(
    {113103, 113104, 113105, 113106, 113107, 113108, 113109, 113110, 113111, 113112}
)
CLEAN_PIXELS = 113101
BURNED_IN = 0x00280301
# The header and the end of pixel data in fragments (PS3.5 A.4); what some senders write otherwise stays whole.
_END = b"\xfe\xff\xdd\xe0\0\0\0\0"
_FRAGMENTS = b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff"
_GATHERINGS = count(1)
_FORGET_AFTER = 1024  # files; what one series shares is soon read again


class Workbench:
    """Everything that may be shared between files of one participant: caches, never results."""

    def __init__(self, profile: Profile, key: SiteKey, subject: Subject) -> None:
        if 113107 in profile.options and subject.date_shift_days == 0:
            raise ValueError(
                "the profile moves dates, but the subject's shift is 0 days"
            )
        self.profile = profile
        self._hash = profile.hash
        self._lock = Lock()
        self.key = key
        self.subject = subject
        self._rules: dict[str, Rules] = {}
        self._retained: dict[str, frozenset[int]] = {}
        self._cleaners: dict[Identifiers, Cleaner] = {}
        self._engines: OrderedDict[object, HeaderEngine] = OrderedDict()
        self._common: dict[object, Remembered] = {}
        self._singled_out = {o.sop_class for o in profile.overrides}
        self._written: dict[object, list[Written]] = {}

    def serves(self, profile: Profile, key: SiteKey, subject: Subject) -> bool:
        """Whether it is for these. Told by comparing: a hash over a long profile at each file takes longer."""
        mine = (self.profile, self.subject, self.key)
        return mine == (profile, subject, key)

    def deidentify(
        self,
        data: bytes,
        cleared: frozenset[str] = frozenset(),
        *,
        beyond: int = 0,
        apart: bool = False,
    ) -> Deidentified:
        """One file; never raises for what is in it.

        With `beyond`, `data` ends where so many bytes of pixel values begin; so does the output, and the same values
        belong behind it. With `apart`, pixels in fragments that stay as they are come back beside the output, so that
        they are in memory once.

        Raises:
            NotApart: the pixel values are needed to judge; call again with the whole file (only with `beyond`).
        """
        try:
            instance = read_instance(data, beyond)
            instance.apart = apart
        except (Damaged, RecursionError) as error:
            return self._held(getattr(error, "reason", "damaged"))
        try:
            # One file at a time: what is remembered between files is shared between threads.
            with self._lock:
                return self._deidentify(instance, data, cleared)
        except (Damaged, RecursionError) as error:
            return self._held(getattr(error, "reason", "damaged"), instance)

    def _deidentify(
        self, instance: Instance, data: bytes, cleared: frozenset[str]
    ) -> Deidentified:
        reason = self._must_wait(instance)
        if reason and reason not in cleared:
            return self._held(reason, instance)
        identifiers = self.gather(instance) | self.subject.identifiers
        engine = self._engine(instance, identifiers)
        engine.unapproved.clear()
        written = engine.data_set(
            instance.body, instance.elements, implicit=instance.implicit
        )
        unapproved = tuple(dict.fromkeys(engine.unapproved))
        waits = self.profile.text == "hold" and "text_needs_review" not in cleared
        if unapproved and waits:
            return self._held("text_needs_review", instance, unapproved)
        how = how_looked_at(instance, *looks_of(self.profile))
        # What stands for a series says no more of itself than the others: which one it is depends on all of them.
        looked = how is Look.EACH
        if (
            looked or (how is Look.ONCE and SERIES_LOOKED_AT not in cleared)
        ) and WAITS not in cleared:
            if instance.beyond:
                raise NotApart
            cleaner = self._cleaner(identifiers.without_uids())
            keep = self.profile.keep_text
            seen = look_at(
                instance, data, self.profile, lambda text: may_stay(text, cleaner, keep)
            )
            if seen.reason:
                return self._held(seen.reason, instance)
            if seen.data is not None:
                again = self._deidentify(
                    read_instance(seen.data),
                    seen.data,
                    cleared | {WAITS},
                )
                note = (
                    f"{seen.painted} regions of burned-in text painted out, {seen.how}"
                )
                report = replace(again.report, notes=(*again.report.notes, note))
                return replace(again, report=report)
        done = self._finished(instance, written, unapproved, looked=looked)
        return replace(done, identifiers=identifiers)

    def _must_wait(self, instance: Instance) -> str | None:
        """What no rule can clean and a person has to see."""
        if instance.element(ENCAPSULATED_DOCUMENT) is not None:
            is_pdf = instance.text(MIME_TYPE) == "application/pdf"
            if self.profile.documents == "quarantine" or not is_pdf:
                return "document_needs_review"
        return "face_needs_removal" if shows_a_face(instance, self.profile) else None

    def _finished(
        self,
        instance: Instance,
        written: list[Written],
        unapproved: tuple[str, ...],
        *,
        looked: bool,
    ) -> Deidentified:
        kept = len(written)
        told = set(map(_tag, written))
        gone = tuple(e.tag for e in instance.elements if e.tag not in told)
        pixels = instance.element(PIXEL_DATA)
        changed = clean_pixel_element(instance, pixels) if pixels else None
        if changed is not None:
            written = [w for w in written if w[0] != PIXEL_DATA] + [
                (PIXEL_DATA, changed)
            ]
        if instance.element(ENCAPSULATED_DOCUMENT) is not None:
            written = [w for w in written if w[0] != ENCAPSULATED_DOCUMENT]
            written.append(placeholder(implicit=instance.implicit))
        if instance.text(CHARACTER_SET) != instance.character_set:
            written = [w for w in written if w[0] != CHARACTER_SET]
            raw = instance.character_set.encode("ascii")
            written.append(
                (
                    CHARACTER_SET,
                    encode_element(
                        CHARACTER_SET, "CS", raw, implicit=instance.implicit
                    ),
                )
            )
        written = [*written, *self._own(instance, looked=looked)]
        written.sort(key=_tag)
        if instance.beyond:
            self._check_apart(instance, written)
        uid = hidden_uid(self.key, instance.sop_instance)
        meta = encode_meta(instance.sop_class, uid, instance.transfer_syntax)
        fragments = _fragments(written) if instance.apart else None
        if fragments is not None:
            written[-1] = (PIXEL_DATA, _FRAGMENTS)
        out = b"".join([meta, *(raw for _, raw in written)])
        report = replace(self._report(instance, kept, unapproved, uid), gone=gone)
        beyond = instance.beyond if fragments is None else len(fragments)
        return Deidentified(out, report, beyond=beyond, pixels=fragments)

    def _check_apart(self, instance: Instance, written: list[Written]) -> None:
        """The pixels must be kept, and their header be the last thing written, as it stood: the values follow.

        Raises:
            NotApart: they are not.
        """
        last = instance.elements[-1]
        rules = self._rules_of(self._told_apart(instance.sop_class))
        kept = rules.of(PIXEL_DATA, last.vr) is Do.KEEP
        is_last = bool(written) and written[-1] == (PIXEL_DATA, instance.body[last.start :])  # fmt: skip
        if not kept or not is_last:
            raise NotApart

    def gather(self, instance: Instance) -> Identifiers:
        """What identifies the person, from this file alone."""
        sop_class = self._told_apart(instance.sop_class)
        if sop_class not in self._retained:
            self._retained[sop_class] = self._rules_of(sop_class).retained
        return _gathered(instance, self._retained[sop_class])

    def _engine(self, instance: Instance, identifiers: Identifiers) -> HeaderEngine:
        old = bool(instance.age) and is_older_than(instance.age, self.profile.age_cap)
        sop_class = self._told_apart(instance.sop_class)
        shared = (sop_class, instance.character_set, instance.implicit, old)
        scope = (shared, identifiers.without_uids())
        engine = self._engines.get(scope)
        if engine is None:
            engine = HeaderEngine(
                self._rules_of(sop_class),
                self.key,
                self.subject,
                self._cleaner(identifiers.without_uids()),
                codecs(instance.character_set),
                implicit=instance.implicit,
                very_old=old,
                common=self._common.setdefault(shared, {}),
            )
            self._engines[scope] = engine
            if len(self._engines) > 16:
                self._engines.popitem(last=False)
        return engine

    def _told_apart(self, sop_class: str) -> str:
        """The SOP class where an override of the profile names it, else nothing: all others have the same rules."""
        return sop_class if sop_class in self._singled_out else ""

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

    def _own(self, instance: Instance, *, looked: bool) -> list[Written]:
        which = (instance.character_set, instance.implicit, looked)
        if which not in self._written:
            applied = self.profile.options & _HEADER_OPTIONS
            self._written[which] = written_elements(
                self.profile,
                self.subject,
                codecs(instance.character_set),
                implicit=instance.implicit,
                applied=applied | ({CLEAN_PIXELS} if looked else set()),
            )
            if looked:
                self._written[which].append(
                    (
                        BURNED_IN,
                        encode_element(
                            BURNED_IN, "CS", b"NO", implicit=instance.implicit
                        ),
                    )
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
            profile_hash=self._hash,
            sop_instance_uid=uid,
            transfer_syntax=instance.transfer_syntax if instance else "",
            kept=kept,
            removed=max(total - kept, 0),
            notes=tuple(instance.notes) if instance else (),
            unapproved=unapproved,
        )


def _fragments(written: list[Written]) -> memoryview | None:
    """The fragments of pixel data that is written last, as it stood; None where it is not."""
    tag, raw = written[-1]
    if tag != PIXEL_DATA or not isinstance(raw, memoryview):
        return None
    as_usual = bytes(raw[: len(_FRAGMENTS)]) == _FRAGMENTS and bytes(raw[-8:]) == _END
    return raw[len(_FRAGMENTS) :] if as_usual else None


def _without_chance_dates(told: Identifiers) -> Identifiers:
    """Without figures that are no day: the time of a DT read as one differs from slice to slice."""
    dates = frozenset(d for d in told.dates if _is_a_day(d))
    return told if len(dates) == len(told.dates) else replace(told, dates=dates)


def _is_a_day(date: str) -> bool:
    in_a_life = "18000101" <= date <= "21501231"
    return in_a_life and "01" <= date[4:6] <= "12" and "01" <= date[6:] <= "31"


_tag = itemgetter(0)


_BENCHES_LOCK = Lock()
_BENCHES: list[Workbench] = []  # the latest used is the last


def deidentify(
    data: bytes,
    *,
    profile: Profile,
    key: SiteKey,
    subject: Subject,
    cleared: frozenset[str] = frozenset(),
) -> Deidentified:
    """De-identify one DICOM file.

    The same data, profile, key and subject give the same bytes, always. Nothing in `data` makes
    it raise: what cannot be cleaned for certain comes back with `data=None` and a reason.
    `cleared` are the reasons that a person has looked at and let pass (`pixels_need_review`,
    `text_needs_review`, `document_needs_review`, `face_needs_removal`). An image of which one per series is
    looked at is looked at here, unless `series_looked_at` tells that others stood for it (`deid.looking`).
    """
    return workbench(profile, key, subject).deidentify(data, cleared)


def workbench(profile: Profile, key: SiteKey, subject: Subject) -> Workbench:
    """The shared caches of a participant, kept for the latest few."""
    with _BENCHES_LOCK:
        for place in range(len(_BENCHES) - 1, -1, -1):
            if _BENCHES[place].serves(profile, key, subject):
                bench = _BENCHES.pop(place)
                break
        else:
            bench = Workbench(profile, key, subject)
        _BENCHES.append(bench)
        del _BENCHES[:-8]
    return bench


def gather(data: bytes, profile: Profile | None = None) -> Identifiers:
    """What identifies the person of a file, from its whole header; empty for what is no DICOM.

    With a profile, devices and institutions that it retains do not count.
    """
    try:
        return gather_from(read_instance(data), profile)
    except (Damaged, RecursionError):
        return Identifiers()


def gather_from(instance: Instance, profile: Profile | None = None) -> Identifiers:
    """The same of a file that was split already.

    Raises:
        Damaged: a sequence does not add up.
    """
    rules = Rules(profile, instance.sop_class) if profile else None
    retained = rules.retained if rules else frozenset()
    return _gathered(instance, retained)


def _gathered(instance: Instance, retained: frozenset[int]) -> Identifiers:
    """What is read at the first look at a file is remembered for the second."""
    gatherer = _gatherer(instance.implicit, instance.character_set, retained)
    if next(_GATHERINGS) % _FORGET_AFTER == 0:
        gatherer.forget()
    return _without_chance_dates(gatherer.data_set(instance.body, instance.elements))


@lru_cache(maxsize=16)
def _gatherer(implicit: bool, character_set: str, retained: frozenset[int]) -> Gatherer:
    return Gatherer(implicit=implicit, character_set=character_set, retained=retained)
