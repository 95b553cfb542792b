"""A plan to break: the demo plan's files, and edits on them with the expected place marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module

import pytest

from provident import plan


MARK = "¦"


@dataclass(frozen=True)
class Amended:
    """A plan after an edit, and the place that the edit's mark stood at."""

    files: Mapping[str, bytes]
    place: str

    def load(self) -> plan.Loaded:
        return plan.load_files(self.files)


def place_of_mark(file: str, text: str) -> tuple[str, str]:
    """The text without its mark, and where the mark stood as file:line:column."""
    before, mark, after = text.partition(MARK)
    assert mark, "the edit marks no place"
    assert MARK not in after, "the edit marks more than one place"
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    return before + after, f"{file}:{line}:{column}"


@pytest.fixture(scope="module", autouse=True)
def _unchanged_files_are_read_once():
    """Each example changes a file or two of the same plan; reading the others again is most of the work."""
    load = import_module("provident.plan.load")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(load, "read_document", lru_cache(maxsize=512)(load.read_document))
        yield


@pytest.fixture(scope="session")
def demo_files() -> dict[str, bytes]:
    """The files of the demo plan."""
    return plan.template_files("arthritis-demo")


@pytest.fixture(scope="session")
def amend(demo_files):
    """Edit files of the demo plan: each edit replaces one text; exactly one holds the mark."""

    def amended(edits: Mapping[str, list[tuple[str, str]] | str | None]) -> Amended:
        files, place = dict(demo_files), ""
        for file, changes in edits.items():
            if changes is None:
                del files[file]
                continue
            if isinstance(changes, str):
                text = changes
            else:
                text = files[file].decode()
                for old, new in changes:
                    assert old in text, f"{file} has no {old!r}"
                    text = text.replace(old, new, 1)
            if MARK in text:
                assert not place, "two files hold the mark"
                text, place = place_of_mark(file, text)
            files[file] = text.encode()
        return Amended(files, place)

    return amended
