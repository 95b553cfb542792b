"""A trial manager, a lead and two readers who have not qualified."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest


DESIGN = "synovitis_change"
PASSWORD = "correct horse battery"


class MovingClock:
    """A clock that a test moves."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


@pytest.fixture
def clock():
    """10:00 UTC on 24 November 2026, until it is moved."""
    return MovingClock(datetime(2026, 11, 24, 10, 0, tzinfo=UTC))


@pytest.fixture
def tm(make_member):
    return make_member("trial_manager", username="tm")


@pytest.fixture
def lead(make_member):
    return make_member("reading_lead", username="lena")


@pytest.fixture
def ana(make_member):
    return make_member("reader", username="ana", qualified=False)


@pytest.fixture
def with_plan(study, clock, by):
    """A function (file, {old: new}) -> the study on a plan with these changes."""
    from provident.web.studies.actions import load_plan
    from provident.web.studies.plans import version_in_force

    def load(name: str, changes: dict[str, str]):
        version = version_in_force(study)
        files = {k: v.encode() for k, v in version.files.items()}
        text = files[name].decode()
        for old, new in changes.items():
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        files[name] = text.encode()
        told = files["study.yaml"].decode()
        files["study.yaml"] = re.sub(
            r'version: "?[\w.]+"?', f'version: "{version.version}1"', told, count=1
        ).encode()
        clock.advance(timedelta(minutes=1))
        load_plan(files=files, by=by, clock=clock)
        return study

    return load


@pytest.fixture
def elsewhere(tm, clock):
    """A function (reader) who qualified elsewhere in the design on a day."""
    from provident.web.readers import actions

    def sign(reader, on=None, **changes):
        told = {
            "whom": {reader: [DESIGN]}, "certificate": "Course 12", "on": on or clock.now().date(),
            "reason": "the same form", "password": PASSWORD, "by": tm, "clock": clock,
        }  # fmt: skip
        return actions.qualified_elsewhere(**{**told, **changes})

    return sign
