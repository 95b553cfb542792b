"""What the frame gives to every page comes last: a view's value of the same name would be lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import provident.web


NAMES = ("membership", "now", "frame", "waiting", "words", "may")
WEB = Path(provident.web.__file__).parent
VIEWS = sorted(p for p in WEB.rglob("*.py") if "views" in p.parts or p.stem.endswith("views"))  # fmt: skip


def test_these_are_the_frame_s_names():
    frame = (WEB / "people" / "frame.py").read_text()
    given = set(re.findall(r'^        "(\w+)":', frame, re.MULTILINE))

    assert given <= set(NAMES)
    assert len(VIEWS) > 10


@pytest.mark.parametrize("view", VIEWS, ids=lambda p: str(p.relative_to(WEB)))
def test_no_view_hands_over_a_name_of_the_frame(view):
    contexts = re.findall(r"(?:context = |render\([^{}]*)\{(.*?)\n    \}", view.read_text(), re.DOTALL)  # fmt: skip

    for context in contexts:
        named = re.findall(r'^        "(\w+)":', context, re.MULTILINE)
        assert set(named) & set(NAMES) == set()
