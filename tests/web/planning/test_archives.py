"""The archive in which an amended plan comes."""

from __future__ import annotations

from datetime import date

import pytest

from provident.kernel import InvalidInput
from provident.web.planning import archive
from tests.web.planning.conftest import zipped


PASSWORD = "correct horse battery"
TODAY = date(2026, 11, 24)
MANUAL = {"imaging/hands-mri.yaml": ("TR: 400..700 ms", "TR: 450..650 ms")}
FORM = {"forms/ramris.yaml": ("title:", "title: Changed;")}


def test_the_archive_is_read_from_wherever_study_yaml_lies(amended):
    files = amended(MANUAL)
    beside = zipped({**{f"x/y/{n}": c for n, c in files.items()}, "__MACOSX/x/y/study.yaml": b"", "x/.git/study.yaml": b"", "../../etc/study.yaml": b"", "notes.md": b"", "x/y/run.exe": b""}, "")  # fmt: skip

    assert (
        archive.plan_files(zipped(files))
        == archive.plan_files(zipped(files, ""))
        == archive.plan_files(beside)
        == files
    )


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"not a zip", "no ZIP archive"),
        (zipped({"notes.md": b"x"}), "has no study.yaml"),
        (zipped({"a/study.yaml": b"x", "b/study.yaml": b"x"}), "more than one study.yaml"),
        (zipped({"study.yaml": b"x" * (archive.LARGEST + 1)}), "larger than 8 MB"),
        (zipped({f"{i}.md": b"x" for i in range(archive.MOST + 1)}), "more than 500 files"),
        (zipped({"study.yaml": b"x" * 500})[:-30], "no ZIP archive"),
    ],
)  # fmt: skip
def test_archives_that_are_no_plan(data, says):
    with pytest.raises(InvalidInput, match=says):
        archive.plan_files(data)


# -- the pages ---------------------------------------------------------------------
