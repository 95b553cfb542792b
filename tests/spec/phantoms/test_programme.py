"""The phantom programme: what is due, within limits, trended, and who is accredited by it."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from provident.acquisition.phantoms import (
    Changed,
    Engine,
    Standing,
    Submission,
    bridge,
    chart,
    days,
    judge_submission,
    performance,
    phantom_rules,
    schedule,
    trends,
)
from provident.kernel import InvalidInput, Outcome, PlanError, Refused
from provident.plan.models.phantom_limits import phantom_limit
from provident.plan.models.phantoms import Phantoms
from provident.plan.quantities import quantity
from tests.spec.phantoms.scans import DAY, rule, submission


title = "Phantom programme"
HAZEN = Engine(name="hazen", version="2.0.0")


def after(n: int) -> date:
    return DAY + timedelta(days=n)


def due(
    *made: Submission, on: int, changes: tuple[Changed, ...] = (), **values: object
):
    (one,) = schedule(
        [rule(**values)], made, changes, today=after(on), first_use={"mr1": DAY}
    )
    return one


@pytest.mark.parametrize(
    ("on", "standing"),
    [
        (1, "planned"),
        (75, "planned"),
        (76, "due"),
        (90, "due"),
        (104, "due"),
        (105, "overdue"),
    ],
)
def test_a_phantom_is_planned_due_and_overdue_after_its_grace(on, standing):
    assert due(submission(0), on=on).standing == standing


def test_it_says_until_when_it_is_on_time():
    one = due(submission(0), on=100)

    assert (one.on, one.until) == (after(90), after(104))
    assert one.words == "It was last scanned on 5 January 2026."


def test_how_late_it_is_is_said():
    assert due(submission(0), on=110).words.endswith("It is 20 days late.")


def test_a_scanner_that_was_never_scanned_is_due_from_its_first_day():
    assert (due(on=0).standing, due(on=15).standing) == ("due", "overdue")


def test_a_scanner_whose_first_day_is_not_known_is_due_today():
    (one,) = schedule([rule()], [], today=after(400), first_use={})

    assert (one.standing, one.on) == ("due", after(400))


def test_a_rejected_scan_asks_for_a_repeat():
    one = due(submission(0), submission(30, accepted=False), on=31)

    assert one.standing == Standing.REPEAT
    assert "was not accepted: scan it again" in one.words


def test_a_scan_that_waits_to_be_accepted_is_not_asked_for_again():
    assert due(submission(0, accepted=None), on=40).standing == "waiting"


def test_a_scan_in_the_future_does_not_count():
    assert due(submission(200), on=120).standing == "overdue"


def test_each_protocol_and_scanner_has_a_clock_of_its_own():
    two = rule(scanners=("mr1", "mr2"), protocols=("t1", "t2"))

    found = schedule([two], [submission(0, protocol="t1")], today=after(50), first_use={"mr1": DAY, "mr2": DAY})  # fmt: skip

    assert [(d.scanner, d.protocol, str(d.standing)) for d in found] == [
        ("mr1", "t2", "overdue"),
        ("mr2", "t1", "overdue"),
        ("mr2", "t2", "overdue"),
        ("mr1", "t1", "planned"),
    ]


CHANGE = Changed(id="c1", scanner="mr1", day=after(20), what=("software",))


@pytest.mark.parametrize(
    ("made", "standing"),
    [
        ((), "bridging"),
        ((submission(20),), "bridging"),
        ((submission(20, change="c1"),), "planned"),
        ((submission(21),), "planned"),
        ((submission(21, accepted=None),), "waiting"),
        ((submission(21, accepted=False),), "bridging"),
    ],
)
def test_a_change_asks_for_a_scan_after_it(made, standing):
    one = due(submission(0), *made, on=25, changes=(CHANGE,), after_change=True)

    assert one.standing == standing


def test_the_change_that_a_scan_answers_is_named():
    one = due(submission(0), on=25, changes=(CHANGE,), after_change=True)

    assert (one.change, one.on) == ("c1", after(20))
    assert "The scanner changed (software) on 2026-01-25" in one.words


def test_a_change_asks_for_nothing_where_the_plan_does_not_say_so():
    assert due(submission(0), on=25, changes=(CHANGE,)).standing == "planned"


def test_a_change_of_another_scanner_or_to_come_asks_for_nothing():
    other = Changed(id="c2", scanner="mr2", day=after(20))
    later = Changed(id="c3", scanner="mr1", day=after(60))

    one = due(submission(0), on=25, changes=(other, later), after_change=True)

    assert one.standing == "planned"


ACCEPT = {"uniformity": ">= 87.5 % at 1.5 T, >= 82 % at 3 T", "ghosting": "<= 2.5 %", "geometry": "± 2 mm"}  # fmt: skip


@pytest.mark.parametrize(
    ("measured", "field", "outcome", "code"),
    [
        ({"uniformity": 90, "ghosting": 1, "geometry": 1}, 1.5, "pass", None),
        ({"uniformity": 85, "ghosting": 1, "geometry": 1}, 1.5, "fail", "PHANTOM.OUTSIDE_LIMITS"),
        ({"uniformity": 85, "ghosting": 1, "geometry": 1}, 3.0, "pass", None),
        ({"uniformity": 85, "ghosting": 1, "geometry": 1}, 2.89, "pass", None),
        ({"uniformity": 90, "ghosting": 1, "geometry": -2.4}, 3.0, "fail", "PHANTOM.OUTSIDE_LIMITS"),
        ({"uniformity": 90, "ghosting": 3, "geometry": 0}, 3.0, "fail", "PHANTOM.OUTSIDE_LIMITS"),
        ({"uniformity": 90, "geometry": 0}, 3.0, "not_assessable", "PHANTOM.NOT_MEASURED"),
        ({"uniformity": 90, "ghosting": 1, "geometry": 1}, 7.0, "not_assessable", "PHANTOM.NO_LIMIT"),
        ({"uniformity": 90, "ghosting": 1, "geometry": 1}, None, "not_assessable", "PHANTOM.NO_LIMIT"),
        ({}, 3.0, "not_assessable", "PHANTOM.NOT_MEASURED"),
    ],
)  # fmt: skip
def test_values_are_held_against_the_limits_of_the_field_strength(
    measured, field, outcome, code
):
    found, findings = judge_submission(
        submission(measured=measured), rule(accept=ACCEPT), field=field
    )

    assert found == outcome
    assert (code in {f.code for f in findings}) if code else not findings


def test_a_finding_says_what_was_expected_and_found():
    measured = {"uniformity": 80, "ghosting": 1, "geometry": 1}

    _, (finding,) = judge_submission(
        submission(measured=measured), rule(accept=ACCEPT), field=3.0
    )

    assert (finding.expected, finding.found) == (">= 82 %", "80 %")
    assert finding.remedy


def test_the_reason_why_a_value_is_not_there_is_said():
    one = submission(measured={}, unknown={"snr": "the background was set to zero"})

    _, (finding,) = judge_submission(one, rule(accept={"snr": ">= 50"}))

    assert "the background was set to zero" in finding.message


def test_a_limit_in_another_unit_is_not_assessable():
    outcome, findings = judge_submission(submission(measured={"snr": 80}), rule(accept={"snr": ">= 5 mm"}))  # fmt: skip

    assert (outcome, findings[0].code) == (Outcome.NOT_ASSESSABLE, "PHANTOM.WRONG_UNIT")


def test_another_engine_than_the_plan_names_is_a_warning():
    outcome, findings = judge_submission(submission(engine=HAZEN), rule())

    assert (outcome, findings[0].code) == (Outcome.WARN, "PHANTOM.OTHER_ENGINE")


def test_a_scan_that_gave_nothing_is_not_assessable():
    assert (
        judge_submission(submission(measured={}), rule())[0] == Outcome.NOT_ASSESSABLE
    )


@pytest.mark.parametrize(
    "other",
    [
        {"engine": HAZEN},
        {"engine": Engine(name="provident", version="2")},
        {"scanner": "mr2"},
        {"protocol": "t2"},
        {"phantom": "other"},
    ],
)
def test_values_of_different_engines_versions_scanners_and_protocols_are_apart(other):
    assert len(trends([submission(0), submission(1, **other)])) == 2


def test_a_rejected_scan_is_in_no_trend():
    assert trends([submission(0, accepted=False)]) == ()


def test_points_are_in_the_order_of_their_days():
    (one,) = trends(
        [submission(5, measured={"snr": 2}), submission(1, measured={"snr": 1})]
    )

    assert one.values == (1, 2)


def both(offset: float, n: int = 6) -> tuple[list[Submission], list[Submission]]:
    old = [submission(k, id=f"o{k}", measured={"snr": 100 + k}) for k in range(n)]
    new = [
        submission(k, id=f"n{k}", measured={"snr": 100 + k + offset}, engine=HAZEN)
        for k in range(n)
    ]
    return old, new


def test_two_engines_are_bridged_by_scans_that_both_measured():
    old, new = both(-7)
    made = bridge(old, new, "snr")

    (one,) = trends([*old, *new[:2], submission(30, engine=HAZEN, measured={"snr": 94})], bridges=[made])  # fmt: skip

    assert (made.offset, made.pairs, one.line.engine) == (-7, 6, HAZEN)
    assert one.values == (93, 94, 95, 96, 97, 98, 94)
    assert made.words == (
        "snr: provident 1 values are shown -7 (± 0, 6 scans measured by both) as hazen 2.0.0 would give them."
    )
    assert one.bridges == (made,)


def test_without_the_bridge_they_stay_apart():
    old, new = both(-7)

    assert len(trends([*old, *new])) == 2


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (*both(1, 4), "4 scans were measured by both engines; a bridge needs 5"),
        (both(1)[0], both(1)[0], "from one engine and version to one other"),
        ([], [], "0 scans"),
    ],
)
def test_a_bridge_needs_scans_that_both_measured(old, new, why):
    with pytest.raises(Refused, match=why):
        bridge(old, new, "snr")


def test_bridges_lead_on_to_the_newest_version_and_not_in_circles():
    third = Engine(name="hazen", version="2.1")
    old, new = both(-7)
    newest = [
        submission(k, id=f"x{k}", measured={"snr": 90 + k}, engine=third)
        for k in range(6)
    ]
    chain = [
        bridge(old, new, "snr"),
        bridge(new, newest, "snr"),
        bridge(newest, old, "snr"),
    ]

    found = trends(old, bridges=chain[:2])

    assert (found[0].line.engine, found[0].values[0]) == (third, 90)
    assert trends(old, bridges=chain)


def line(values) -> object:
    (one,) = trends([submission(n, id=f"s{n:03}", measured={"snr": v}) for n, v in enumerate(values)])  # fmt: skip
    return one


STEADY = [100.0, 101, 99, 100.5, 99.5, 100.2, 99.8, 101.2, 98.8, 100]


def test_limits_wait_for_the_first_phase():
    made = chart(line(STEADY[:6]))

    assert (made.limits, made.drift) == (None, ())
    assert made.words == "6 of the 10 scans that set the limits are there."


def test_a_drift_is_flagged():
    made = chart(line([*STEADY, *[v + 1.2 for v in STEADY]]))

    assert made.drift
    assert made.drift[0] < 20
    assert "A drift was flagged" in made.words


def test_a_jump_is_flagged_at_its_scan():
    made = chart(line([*STEADY, 100, 109, 100]))

    assert made.jumps == (11,)
    assert "A single scan lies outside 3 SD." in made.words


def test_a_steady_scanner_is_not_flagged():
    made = chart(line(STEADY * 2), western_electric=True)

    assert (made.drift, made.jumps, made.words) == ((), (), "No drift and no jump.")


def test_run_rules_are_asked_for():
    values = [*STEADY, *[101.3] * 5]

    assert chart(line(values)).runs == ()
    assert (14, "4 of 5 beyond 1 SD on one side") in chart(
        line(values), western_electric=True
    ).runs


def test_an_unsettled_first_phase_is_said():
    made = chart(line([100, 100.1, 99.9, 100, 100.1, 99.9, 100, 100.1, 103, 103.1]))

    assert made.unsettled == (8, 9)
    assert "not settled" in made.words


def test_equal_values_set_no_limits():
    assert "no limits can be set" in chart(line([100.0] * 12)).words


def test_limits_from_too_few_scans_are_refused():
    with pytest.raises(InvalidInput, match="5 scans at least, not 3"):
        chart(line(STEADY), baseline=3)


def test_the_chart_says_what_it_finds_and_how_often_it_is_wrong():
    made = chart(line(STEADY))

    assert made.performance.words == (
        "A lasting drift of 1 SD is flagged within 10 scans with a chance of 84 % (on average after 7); "
        "a scanner in control is flagged within 10 scans with a chance of 7 % (every 211 scans on average). "
        "As the limits come from few scans themselves, the chances are 75 % and 21 %."
    )


@pytest.mark.parametrize(("shift", "field"), [(0.0, "false_alarm_as_estimated"), (1.0, "detected_as_estimated")])  # fmt: skip
def test_the_stated_chances_hold_in_simulated_scanners(shift, field):
    rng = np.random.default_rng(11)
    flagged = 0
    for _ in range(600):
        x = rng.normal(100, 3, 20)
        x[10:] += 3 * shift
        flagged += bool(chart(line(x)).drift)

    assert flagged / 600 == pytest.approx(getattr(performance(10), field), abs=0.045)


def test_a_submission_is_the_same_after_json():
    one = submission(
        3, protocol="t1", unknown={"ghosting": "why"}, change="c1", accepted=None
    )

    assert Submission.from_json(one.as_json()) == one


@pytest.mark.parametrize(("name", "version"), [("", "1"), ("hazen", "")])
def test_an_engine_has_a_name_and_a_version(name, version):
    with pytest.raises(InvalidInput):
        Engine(name=name, version=version)


# -- accreditation ---------------------------------------------------------------------


def test_the_plan_says_what_is_asked():
    plan = Phantoms.model_validate(
        {
            "phantoms": {
                "acr": {
                    "scanners": ["mr1"],
                    "every": "3 months",
                    "grace": "2 weeks",
                    "after": "scanner change",
                    "kind": "acr_mri_large",
                    "protocols": ["t1", "t2"],
                    "diameter": "19 cm",
                    "accept": ACCEPT,
                    "baseline": 8,
                    "engine": "hazen",
                    "accepted_by": "physicist",
                }
            }
        }
    )

    (one,) = phantom_rules(plan)

    assert (one.protocols, one.grace, one.diameter, one.baseline) == (
        ("t1", "t2"),
        14,
        190,
        8,
    )
    assert (one.after_change, one.engine, set(one.limits)) == (
        True,
        "hazen",
        set(ACCEPT),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"accept": {"uniformity": "good"}},
        {"accept": {"uniformity": ">= 82 % at high field"}},
        {"accept": {"uniformity": ">= 82 % at 3 T, >= 80 % at 3 T"}},
        {"accept": {"uniformity": ">= 82 % at 3 T, >= 2 mm at 1.5 T"}},
        {"accept": {"uniformity": True}},
        {"diameter": "190 s"},
        {"diameter": "0 mm"},
        {"kind": "acr"},
        {"engine": "magic"},
        {"baseline": 3},
    ],
)  # fmt: skip
def test_what_the_plan_cannot_mean_is_refused(wrong):
    from pydantic import ValidationError

    with pytest.raises(ValidationError):
        Phantoms.model_validate({"phantoms": {"acr": {"scanners": ["mr1"], "every": "90 d", **wrong}}})  # fmt: skip


@pytest.mark.parametrize(("text", "in_days"), [("90 d", 90), ("2 weeks", 14), ("5 working days", 7), ("12 months", 365.25), ("1 year", 365.25)])  # fmt: skip
def test_durations_in_days(text, in_days):
    assert days(quantity(text)) == pytest.approx(in_days)


def test_a_rule_that_is_never_due_cannot_be_made():
    with pytest.raises(PlanError):
        rule(every=0)


def test_a_limit_for_one_field_strength_comes_before_the_general_one():
    limit = phantom_limit("<= 3 %, <= 2 % at 3 T")

    assert [str(limit.at(field)) for field in (3.0, 1.5, None)] == [
        "<= 2 %",
        "<= 3 %",
        "<= 3 %",
    ]
