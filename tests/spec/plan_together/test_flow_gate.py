"""Which flows are closed on a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from provident import plan
from provident.programme.flow_gate import closed_flows, sending_flows


ROOT = Path(__file__).resolve().parents[3]
DAY = date(2026, 11, 24)


@pytest.fixture
def of():
    """A function (old, new) -> the demo plan with flows.yaml changed."""

    def make(old: str = "", new: str = "") -> plan.Plan:
        files = dict(plan.read_folder(ROOT / "plans/arthritis-demo"))
        assert old.encode() in files["flows.yaml"]
        files["flows.yaml"] = files["flows.yaml"].replace(old.encode(), new.encode(), 1)
        return plan.load_files(files).require()

    return make


def test_what_a_gateway_sends_over_is_the_flow_from_its_de_identifying_step(of):
    assert [name for name, _ in sending_flows(of())] == ["send"]


@pytest.mark.parametrize(
    ("old", "new", "day", "words"),
    [
        ("", "", DAY, []),
        ("", "", date(2026, 1, 20), []),  # the day of the test itself
        ("", "", date(2026, 1, 19), ['The test of the flow "send" is planned for 20 January 2026; it has not taken place.']),
        ("", "", date(2029, 12, 31), []),  # the agreement's last day
        ("", "", date(2030, 1, 1), ['The agreement "site_agreement", which the flow "send" needs, ended on 31 December 2029.']),
        (", tested: {on: 2026-01-20, evidence: T2}}", "}", DAY, ['The flow "send" has not been tested.']),
        ("between: [site, unit]", "between: [site, readers]", DAY, ['No agreement covers the flow "send".']),
        # Another agreement of the same parties that still holds is enough.
        ("agreements:\n", "agreements:\n  old: {between: [unit, site], level: pseudonymised, until: 2020-01-01}\n", DAY, []),
    ],
)  # fmt: skip
def test_flows_that_are_closed_with_the_reason(old, new, day, words, of):
    found = closed_flows(of(old, new), day)

    assert [c.words for c in found] == words
    assert all(c.flow == "send" and c.remedy for c in found)
