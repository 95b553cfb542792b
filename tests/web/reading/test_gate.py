"""Who may not begin a case gets none: not in the list, not by its address; what is open may be finished."""

from __future__ import annotations

import pytest

from provident.kernel import NotReady
from provident.web.ledger.record import SYSTEM
from provident.web.reading import actions, selectors
from provident.web.reading.models import Assignment
from tests.web.reading.test_flow import of, sign  # noqa: F401  # a fixture


pytestmark = pytest.mark.django_db


@pytest.fixture
def held(drawn, people, clock):
    """Reader Ana, who qualified, was given a case, and is held by an alarm."""
    from provident.web.readers.actions import hold

    def stop():
        hold(reader=people["ana"], design=drawn.design, why="an alarm on bias", by=SYSTEM, clock=clock)  # fmt: skip
        return people["ana"]

    return stop


def test_the_next_case_is_none_and_the_list_says_why(held, as_member, drawn):
    ana = held()

    assert selectors.next_open(ana) is None
    assert list(selectors.shut(ana)) == [drawn.design]
    assert "an alarm on bias" in as_member(ana).get("/s/arthur-2/reading").text


def test_its_address_opens_nothing(held, as_member, drawn, clock):
    ana = held()
    given = of(drawn, ana)

    with pytest.raises(NotReady, match="an alarm on bias"):
        actions.open_case(assignment=given, by=ana, clock=clock)
    answer = as_member(ana).get(f"/read/api/case/{given.token}")

    assert answer.status_code == 409
    assert Assignment.objects.get(pk=given.pk).opened_at is None


def test_a_case_that_is_open_may_be_finished(held, people, drawn, clock, sign):  # noqa: F811
    actions.open_case(assignment=of(drawn, people["ana"]), by=people["ana"], clock=clock)  # fmt: skip
    ana = held()

    sign(drawn, ana, {"baseline": 3, "week24": 1})

    assert of(drawn, ana).submitted_at is not None


def test_others_are_not_held(held, people, drawn, clock):
    held()

    actions.open_case(assignment=of(drawn, people["ben"]), by=people["ben"], clock=clock)  # fmt: skip

    assert of(drawn, people["ben"]).opened_at is not None
