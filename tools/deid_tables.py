"""Build the tables that the de-identification engine ships, from several readings of PS3.15.

    python tools/deid_tables.py COLUMNS.json SAFE_PRIVATE.tsv OUT_FOLDER

Run it in a throw-away environment with dicom-anonymizer 2.1.0, idiscore 1.2.0 and pydicom.
COLUMNS.json is `confidentiality_profile_attributes.json` of innolitics/dicom-standard (MIT),
SAFE_PRIVATE.tsv is `safe_private.tsv` of cati-neuroimaging/deidentification (MIT).
What is taken are the facts of the standard's tables E.1-1 and E.3.10-1; no code is taken.

The basic profile's rows are those of 2026c (dicom-anonymizer); the option columns are those of
innolitics, and every value is compared with idiscore's: a difference stops the build.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from pathlib import Path


OPTIONS = {
    "safe_private": ("rtnSafePrivOpt", "retain_safe_private"),
    "uids": ("rtnUIDsOpt", "retain_uid"),
    "device": ("rtnDevIdOpt", "retain_device_id"),
    "institution": ("rtnInstIdOpt", "retain_institution_id"),
    "patient": ("rtnPatCharsOpt", "retain_patient_characteristics"),
    "full_dates": ("rtnLongFullDatesOpt", "retain_full_dates"),
    "modified_dates": ("rtnLongModifDatesOpt", "retain_modified_dates"),
    "descriptors": ("cleanDescOpt", "clean_descriptors"),
    "structured": ("cleanStructContOpt", "clean_structured_content"),
    "graphics": ("cleanGraphOpt", "clean_graphics"),
}
BASIC_LISTS = {
    "X_TAGS": "X",
    "D_TAGS": "D",
    "Z_TAGS": "Z",
    "U_TAGS": "U",
    "X_D_TAGS": "X/D",
    "X_Z_D_TAGS": "X/Z/D",
    "X_Z_TAGS": "X/Z",
    "X_Z_U_STAR_TAGS": "X/Z/U*",
    "Z_D_TAGS": "Z/D",
}
# The rows that name a pattern, not a tag, are rules of the engine, not of the table.
PATTERNS = {
    "50xxxxxx",
    "60xx3000",
    "60xx4000",
    "ggggeeee-where-gggg-is-odd",
    "privateattributes",
}


def basic_rows() -> dict[str, str]:
    """Tag to action of the basic profile, edition 2026c."""
    from dicomanonymizer.dicom_anonymization_databases import (
        dicomfields_2026c as source,
    )

    rows = {
        f"{tag[0]:04x}{tag[1]:04x}": action
        for name, action in BASIC_LISTS.items()
        for tag in getattr(source, name)
    }
    for pattern in ("50000000", "60003000", "60004000"):
        rows.pop(pattern, None)
    return rows


def columns(path: Path) -> dict[str, dict[str, str]]:
    """Tag to option columns, as innolitics read them, confirmed by idiscore."""
    from idiscore import _public_dicom as second

    first = {row["id"]: row for row in json.loads(path.read_text())}
    table: dict[str, dict[str, str]] = {}
    for option, (ours, theirs) in OPTIONS.items():
        a = {tag: row[ours] for tag, row in first.items() if ours in row}
        b = {
            re.sub(r"[(), ]", "", str(tag)).lower(): action.key
            for tag, action in getattr(second, theirs).rules
        }
        for tag in (set(a) | set(b)) - PATTERNS:
            if tag in a and tag in b and a[tag] != b[tag]:
                sys.exit(f"{tag} {option}: {a[tag]} against {b[tag]}")
            table.setdefault(tag, {})[option] = b.get(tag, a.get(tag, ""))
    return table


def write_profile(out: Path, source: Path) -> None:
    """The table E.1-1 as tab-separated values."""
    from pydicom.datadict import dictionary_description, dictionary_has_tag

    basic, options = basic_rows(), columns(source)
    with out.open("w", newline="") as stream:
        stream.write(
            "# PS3.15 Table E.1-1. Basic profile: 2026c. Option columns: 2025a.\n"
        )
        stream.write(
            "# Built by tools/deid_tables.py; sources in docs/explanation/deidentification.md.\n"
        )
        writer = csv.writer(stream, delimiter="\t", lineterminator="\n")
        writer.writerow(["tag", "name", "basic", *OPTIONS])
        for tag in sorted(set(basic) | (set(options) - PATTERNS)):
            number = int(tag, 16)
            name = dictionary_description(number) if dictionary_has_tag(number) else ""
            row = options.get(tag, {})
            writer.writerow(
                [tag, name, basic.get(tag, "X"), *(row.get(o, "") for o in OPTIONS)]
            )


def write_safe_private(out: Path, source: Path) -> None:
    """The table E.3.10-1 as tab-separated values, with VRs from pydicom's private dictionary."""
    from pydicom._private_dict import private_dictionaries

    with source.open(newline="") as stream, out.open("w", newline="") as target:
        target.write("# PS3.15 Table E.3.10-1: private elements known to be safe.\n")
        writer = csv.writer(target, delimiter="\t", lineterminator="\n")
        writer.writerow(["creator", "group", "element", "vr", "name"])
        for tag, creator, name in list(csv.reader(stream, delimiter="\t"))[1:]:
            group, element = tag[1:5].lower(), tag[8:10].lower()
            key = f"{group}xx{element}"
            known = {
                k.lower(): v for k, v in private_dictionaries.get(creator, {}).items()
            }
            vr = known[key][0] if key in known else ""
            writer.writerow([creator, group, element, vr, " ".join(name.split())])


if __name__ == "__main__":
    folder = Path(sys.argv[3])
    write_profile(folder / "ps3_15_e1_1.tsv", Path(sys.argv[1]))
    write_safe_private(folder / "ps3_15_e3_10_1.tsv", Path(sys.argv[2]))
