"""The bench of one worker in the browser: glance at a file, then make what may leave of it.

JSON text in and out, so that nothing but strings and bytes crosses between the page and Python.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from provident import deid
from provident.adapters.browser.glance import VOLUMES, glance, key_check, person_code
from provident.adapters.browser.profiles import from_json
from provident.adapters.browser.visits import Match, Window, match
from provident.deid.charsets import codecs, decode
from provident.deid.elements import PIXEL_DATA, Element
from provident.deid.identity import SiteKey, Subject
from provident.deid.image import anatomy_of, must_be_looked_at, regions_of
from provident.deid.instance import Instance, read_instance
from provident.deid.looking import SERIES_LOOKED_AT
from provident.deid.report import REASONS


PIXELS, UNREADABLE = "pixels_need_review", "pixels_unreadable"
# What the page's own detector says of an image: nothing found, text found, or it cannot look.
CLEAR, TEXT = "clear", "text"
# Kinds of which the plan wants every image examined carry text as a rule; the page's own look is too weak for them.
EXAMINED = "examined_elsewhere"
ELSEWHERE = "The study has every image of this kind examined for burned-in text, which needs more than a browser has."
_WHY = {TEXT: PIXELS, EXAMINED: EXAMINED}  # whatever else it says: it could not look
Look = Callable[[str, Any], str]


class Station:
    """One worker's bench for one site: its profile, key and visits; `begin` says whose exam comes next."""

    def __init__(self, settings: str, secret: bytes, look: Look) -> None:
        """`look` is handed an image's description as JSON and its native pixels, and answers in the words above.

        Raises:
            InvalidInput: the profile does not come out as the centre's.
        """
        told = json.loads(settings)
        self._told = told
        self._profile = from_json(told["profile"])
        self._one_by_one = replace(self._profile, series_once=frozenset())
        self._key = SiteKey(secret, str(told["namespace"]))
        self._windows = [Window(**row) for row in told["visits"]]
        self._look = look
        self._subject: Subject | None = None

    def check(self) -> str:
        """The check value of the key at this bench."""
        return key_check(self._key)

    def glance(self, data: bytes) -> str:
        """Whose file it is and when it was made. Identifiable: for the person at the page."""
        return json.dumps(glance(data).as_json())

    def person(self, issuer: str, patient: str) -> str:
        """The keyed code of a patient."""
        return person_code(self._key, issuer, patient)

    def visit(self, anchor: str, acquired: str) -> str:
        """Which visit a date belongs to, for a participant whose day 0 is `anchor`; both YYYY-MM-DD."""
        found = self._match(anchor, acquired)
        visit = found.visit
        return json.dumps(
            {
                "visit": visit.visit if visit else None,
                "label": visit.label if visit else "",
                "day": found.day,
                "in_window": found.in_window,
                "days_outside": found.days_outside,
            }
        )

    def _match(self, anchor: str, acquired: str) -> Match:
        day = (date.fromisoformat(acquired) - date.fromisoformat(anchor)).days
        return match(self._windows, day)

    def begin(self, participant: str, anchor: str, acquired: str) -> None:
        """What follows is of one exam: of this participant, made on this day."""
        found = self._match(anchor, acquired)
        visit = found.visit
        self._subject = Subject(
            participant=participant,
            date_shift_days=deid.date_shift(self._key, participant, self._profile),
            timepoint_id=visit.timepoint if visit else "",
            timepoint_description=visit.label if visit else "",
            day_offset=found.day,
            anchor=str(self._told["anchor"]),
        )

    def make(self, data: bytes, *, stands: bool = True) -> tuple[bytes | None, str]:
        """De-identify and verify one file: what may leave with its names, or None and why not.

        `stands`: of an image of which some per series are looked at, this is one. The page names them, and holds a
        series of which one waits.
        """
        assert self._subject is not None  # the page begins an exam first
        subject = self._subject
        done = deid.deidentify(
            data,
            profile=self._profile,
            key=self._key,
            subject=subject,
            cleared=frozenset() if stands else frozenset({SERIES_LOOKED_AT}),
        )
        if done.data is None and done.reason == PIXELS:
            # Python has no imaging libraries here, so the engine asks for a look: the page looks.
            seen = self._looked(data)
            if seen != CLEAR:
                return None, self._waits(_WHY.get(seen, UNREADABLE))
            done = deid.deidentify(
                data,
                profile=self._profile,
                key=self._key,
                subject=subject,
                cleared=frozenset({PIXELS}),
            )
        if done.data is None:
            return None, self._waits(done.reason or "damaged", done.report.unapproved)
        leaks = deid.verify(
            done.data,
            identifiers=done.identifiers,
            profile=self._profile,
            subject=subject,
        )
        if leaks:
            return None, self._waits("identifier_left")
        return done.data, json.dumps(_names(done.data))

    def _waits(self, reason: str, words: tuple[str, ...] = ()) -> str:
        explanation = ELSEWHERE if reason == EXAMINED else REASONS[reason]
        return json.dumps(
            {"reason": reason, "explanation": explanation, "words": list(words)}
        )

    def _looked(self, data: bytes) -> str:
        instance = read_instance(data)
        if must_be_looked_at(instance, self._one_by_one):
            return EXAMINED
        pixels = instance.element(PIXEL_DATA)
        if pixels is None or pixels.undefined:
            return UNREADABLE  # compressed: no decoder here
        value = instance.body[pixels.value : pixels.end]
        return self._look(json.dumps(self._described(instance, pixels)), value)

    def _described(self, instance: Instance, pixels: Element) -> dict[str, Any]:
        number, text = instance.number, instance.text
        frames = text(0x00280008) or "1"
        return {
            "rows": number(0x00280010),
            "columns": number(0x00280011),
            "samples": number(0x00280002) or 1,
            "planar": number(0x00280006),
            "photometric": text(0x00280004),
            "allocated": number(0x00280100),
            "stored": number(0x00280101),
            "signed": number(0x00280103) == 1,
            "frames": int(frames) if frames.isdigit() else 0,
            "settings": [
                [r.left, r.top, r.right, r.bottom]
                for r in regions_of(instance, self._profile)
            ],
            "anatomy": [list(corners) for corners in anatomy_of(instance)],
        }

    def manifest(self, told: str) -> str:
        """The manifest of a transfer, as a gateway writes it but for the true date, which stays here.

        `told` has participant, anchor, acquired, deidentified_before and instances.
        """
        asked: Mapping[str, Any] = json.loads(told)
        found = self._match(asked["anchor"], asked["acquired"])
        rows = sorted(asked["instances"], key=lambda r: (r["series_uid"], r["sop_uid"]))
        document = {
            "study": self._told["study"],
            "site": self._told["site"],
            "participant": asked["participant"],
            "exam_uid": rows[0]["study_uid"],
            "timepoint": found.visit.visit if found.visit else None,
            "in_window": found.in_window,
            "day": found.day,
            "acquired_on": None,  # the centre knows day 0 and counts for itself
            "way": "browser",
            "plan": self._told["plan"],
            "profile": {
                "id": self._profile.id,
                "version": self._profile.version,
                "hash": self._profile.hash,
            },
            "instances": [
                {name: row[name] for name in ("sop_uid", "series_uid", "modality", "sha256", "size")}
                for row in rows
            ],
        }  # fmt: skip
        if asked["deidentified_before"]:
            document["deidentified_before"] = True
        return json.dumps(document, sort_keys=True, separators=(",", ":"))


def _names(made: bytes) -> dict[str, Any]:
    """What the page shows and announces of an output: read from its own bytes."""
    instance = read_instance(made)
    encodings = codecs(instance.character_set)

    def text(tag: int) -> str:
        raw = instance.value(tag)
        return decode(raw, encodings).strip("\0 ") if raw else ""

    return {
        "study_uid": instance.text(0x0020000D),
        "series_uid": instance.text(0x0020000E),
        "sop_uid": instance.sop_instance,
        "modality": instance.text(0x00080060)[:16],
        "number": text(0x00200011),
        "description": text(0x0008103E),
        "protocol": text(0x00181030),
        "volume": instance.text(0x00080060) in VOLUMES,
    }
