"""What the study itself writes into a file: no identifier of the person, even where it is spelt like one.

A scanner may have been given the trial's number as patient number; a hospital in Leeds sends to a
study whose sponsor is the University of Leeds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from provident.deid.identity import Subject
from provident.deid.profile import Profile
from provident.deid.table import METHODS


# Those of DICOM's character sets that a text of a plan is written in.
_ENCODINGS = (
    "utf-8", "latin-1", "iso8859_2", "iso8859_3", "iso8859_4", "iso8859_5", "iso8859_7", "iso8859_9",
)  # fmt: skip


def written_texts(profile: Profile, subject: Subject | None = None) -> frozenset[str]:
    """The texts that every file of this subject carries by the study's own will."""
    trial = profile.trial
    texts = {
        trial.sponsor,
        trial.protocol,
        trial.protocol_name,
        trial.site,
        trial.site_name,
    }
    if subject is not None:
        texts |= {
            subject.participant,
            subject.timepoint_id,
            subject.timepoint_description,
        }
    # The method codes' meanings: somebody may be called Option.
    return frozenset(text for text in texts if text) | frozenset(METHODS.values())


def masked(data: bytes, texts: Iterable[str]) -> bytes:
    """The bytes with these texts blank, wherever one stands whole; every offset stays.

    Only the whole text is masked: "Leeds" alone is still looked for beside "University of Leeds".
    """
    pattern = _pattern(frozenset(texts))
    return pattern.sub(lambda m: b" " * len(m.group()), data) if pattern else data


@lru_cache(maxsize=64)
def _pattern(texts: frozenset[str]) -> re.Pattern[bytes] | None:
    told = {raw for text in texts for raw in _encoded(text)}
    if not told:
        return None
    longest_first = sorted(told, key=lambda raw: (-len(raw), raw))
    whole = b"|".join(map(re.escape, longest_first))
    return re.compile(rb"(?<![0-9A-Za-z])(?:" + whole + rb")(?![0-9A-Za-z])")


def _encoded(text: str) -> set[bytes]:
    found = set()
    for encoding in _ENCODINGS:
        try:
            found.add(text.encode(encoding))
        except UnicodeEncodeError:
            continue
    return found
