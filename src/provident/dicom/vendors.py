"""Which maker a manufacturer's name stands for. Free of pydicom."""

from __future__ import annotations


# A word in Manufacturer (0008,0070), in small letters -> the maker's one name here.
_MAKERS = (
    ("siemens", "SIEMENS"),
    ("ge medical", "GE"),
    ("ge healthcare", "GE"),
    ("gems", "GE"),
    ("philips", "PHILIPS"),
    ("picker", "PHILIPS"),
    ("canon", "CANON"),
    ("toshiba", "CANON"),
    ("uih", "UIH"),
    ("united imaging", "UIH"),
    ("hitachi", "FUJIFILM"),
    ("fuji", "FUJIFILM"),
    ("bruker", "BRUKER"),
    ("carestream", "CARESTREAM"),
    ("kodak", "CARESTREAM"),
    ("agfa", "AGFA"),
    ("hologic", "HOLOGIC"),
    ("lorad", "HOLOGIC"),
    ("aloka", "ALOKA"),
    ("esaote", "ESAOTE"),
    ("mindray", "MINDRAY"),
    ("samsung", "SAMSUNG"),
    ("medison", "SAMSUNG"),
)


KNOWN = frozenset(name for _, name in _MAKERS)


def maker(name: str) -> str:
    """The maker behind a manufacturer's name: `GE MEDICAL SYSTEMS` and `GE` are both `GE`.

    An unknown name stands for itself, in capitals.
    """
    text = " ".join(name.casefold().split())
    if text == "ge":
        return "GE"
    return next((is_ for word, is_ in _MAKERS if word in text), text.upper())
