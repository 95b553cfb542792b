"""How kinds of exposure are called on pages."""

from __future__ import annotations


KIND_WORDS = {
    "ct": "CT",
    "projection": "radiography or fluoroscopy",
    "mammography": "mammography",
    "administration": "radiopharmaceutical",
}
