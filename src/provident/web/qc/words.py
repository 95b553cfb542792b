"""How answers and resolutions of queries are called on pages."""

from __future__ import annotations


RESOLUTION_WORDS = {
    "explained": "The site's explanation will do",
    "resent": "The images were sent again",
    "corrected": "The data were corrected",
    "rescanned": "The scan was repeated",
    "waived": "It stays as it is, with a reason",
}
ANSWER_WORDS = {
    "explain": "Explain what happened",
    "resend": "We have sent the images again",
    "correct": "We have corrected it",
    "rescan": "We will scan again",
    "waive": "It cannot be mended: we ask to keep it as it is",
}
KIND_WORDS = {"ask": "asked", "explain": "explained", "resend": "sent again", "correct": "corrected",
              "rescan": "will scan again", "waive": "asks to keep it", "close": "closed"}  # fmt: skip
