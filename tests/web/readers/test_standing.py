"""A reader begins no study case while anything that the plan asks is missing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from provident.kernel import Denied, InvalidInput, NotReady, Refused
from provident.web.ledger.models import Event
from provident.web.ledger.record import SYSTEM
from provident.web.readers import actions, selectors
from provident.web.readers.models import Hold, Qualification
from tests.web.readers.conftest import DESIGN, PASSWORD


READING = "reading/synovitis.yaml"


TODAY = date(2026, 11, 24)


def why(reader, on=TODAY):
    return selectors.standing(reader, DESIGN, on).why


class TestQualification:
    def test_without_one_nobody_reads(self, ana):
        found = selectors.standing(ana, DESIGN, TODAY)

        assert not found.may_read
        assert found.why == "not qualified yet"

    def test_elsewhere_with_certificate_and_signature(self, ana, elsewhere):
        elsewhere(ana)

        assert selectors.standing(ana, DESIGN, TODAY).may_read
        row = Qualification.objects.get()
        assert (row.way, row.certificate, row.signature.meaning) == (
            "elsewhere", "Course 12", "These readers qualified elsewhere",
        )  # fmt: skip
        assert Event.objects.filter(action="reader.qualified_elsewhere").count() == 1

    def test_it_is_of_one_design(self, ana, elsewhere):
        elsewhere(ana)

        assert not selectors.standing(ana, "erosion_change").may_read

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"certificate": " "}, "Give the certificate"),
            ({"reason": ""}, "say why it stands"),
            ({"on": date(2030, 1, 1)}, "still to come"),
            ({"whom": {}}, "Choose who"),
        ],
    )
    def test_what_is_missing_is_asked_for(self, ana, elsewhere, changes, words):
        with pytest.raises(InvalidInput, match=words):
            elsewhere(ana, **changes)
        assert not Qualification.objects.exists()

    def test_a_wrong_password_signs_nothing(self, ana, elsewhere):
        with pytest.raises(Denied):
            elsewhere(ana, password="no")
        assert not Qualification.objects.exists()

    def test_a_design_that_they_do_not_read(self, ana, elsewhere):
        with pytest.raises(InvalidInput, match="does not read that design"):
            elsewhere(ana, whom={ana: ["nothing"]})

    @pytest.mark.parametrize("role", ["statistician", "monitor", "reader", "qc"])
    def test_others_may_not(self, role, ana, elsewhere, make_member):
        with pytest.raises(Denied):
            elsewhere(ana, by=make_member(role, username="x"))

    def test_nobody_signs_for_themselves(self, elsewhere, make_member):
        member = make_member("reader", username="lena", qualified=False)
        lead = make_member("reading_lead", username="lena")

        with pytest.raises(Refused):
            elsewhere(member, by=lead)

    def test_a_new_form_asks_for_it_again(self, ana, elsewhere):
        elsewhere(ana)
        Qualification.objects.update(form="ramris@1")

        assert why(ana) == "qualified with ramris@1; the plan has ramris@2 now"

    def test_who_was_idle_too_long_shows_it_again(self, ana, elsewhere, with_plan, clock):  # fmt: skip
        with_plan(READING, {"monitor:\n": "requalify: {after_idle: 90 d}\nmonitor:\n"})
        elsewhere(ana)
        today = clock.now().date()

        assert why(ana, today + timedelta(days=90)) == ""
        assert why(ana, today + timedelta(days=91)).startswith("no read for 91 days")

    def test_after_all_attempts_there_is_no_more(self, ana, clock):
        for _ in range(2):
            actions.record_attempt(reader=ana, design=DESIGN, passed=False, form="ramris@2", result={}, clock=clock)  # fmt: skip

        assert why(ana) == "not qualified: all 2 attempts were used"


class TestEvidence:
    @pytest.fixture
    def asks(self, with_plan, ana, elsewhere):
        """The plan asks for a consultant; GCP gates the reading."""
        with_plan(READING, {"adjudicator: 1}": "adjudicator: 1, eligible: [consultant radiologist]}"})  # fmt: skip
        with_plan("people.yaml", {"valid: 3 years, evidence: certificate}\n  mr_safety": "valid: 3 years, evidence: certificate, gates: reading}\n  mr_safety"})  # fmt: skip
        elsewhere(ana)

    @pytest.fixture
    def tick(self, ana, lead, clock):
        def sign(*ticks, by=lead, password=PASSWORD, reader=ana):
            return actions.tick(reader=reader, design=DESIGN, ticks=ticks, password=password, by=by, clock=clock)  # fmt: skip

        return sign

    def consultant(self, **changes):
        return actions.Tick(**{"kind": "criterion", "name": "consultant radiologist", "says": "GMC 123", "on": date(2026, 1, 5), **changes})  # fmt: skip

    def gcp(self, on):
        return actions.Tick(kind="course", name="gcp", says="GCP 99", on=on)

    def test_nothing_recorded_is_missing(self, asks, ana):
        assert why(ana) == (
            "consultant radiologist: no evidence is recorded; gcp: no evidence is recorded"
        )

    def test_all_recorded_may_read(self, asks, ana, tick):
        tick(self.consultant(), self.gcp(date(2026, 1, 5)))

        assert why(ana) == ""
        assert Event.objects.filter(action="reader.evidence").count() == 1

    def test_training_that_expired_stops(self, asks, ana, tick):
        tick(self.consultant(), self.gcp(date(2023, 11, 23)))

        assert why(ana) == "gcp: expired on 23 November 2026"
        assert why(ana, date(2026, 11, 23)) == ""

    def test_a_certificate_with_an_end_of_its_own(self, asks, ana, tick):
        tick(self.consultant(until=date(2026, 6, 30)), self.gcp(date(2026, 1, 5)))

        assert why(ana) == "consultant radiologist: expired on 30 June 2026"

    def test_the_newest_counts(self, asks, ana, tick):
        tick(self.consultant(until=date(2026, 6, 30)), self.gcp(date(2026, 1, 5)))
        tick(self.consultant(until=date(2028, 6, 30)))

        assert why(ana) == ""

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"name": "astronaut"}, "does not ask"),
            ({"says": " "}, "say what the certificate is"),
            ({"on": date(2030, 1, 1)}, "still to come"),
            ({"until": date(2020, 1, 1)}, "end before it begins"),
        ],
    )
    def test_faults_are_told(self, asks, tick, changes, words):
        with pytest.raises(InvalidInput, match=words):
            tick(self.consultant(**changes))

    def test_nothing_ticked(self, asks, tick):
        with pytest.raises(InvalidInput, match="Tick what"):
            tick()

    def test_a_course_that_gates_nothing_is_told_and_stops_nobody(self, ana, elsewhere):
        elsewhere(ana)
        found = selectors.standing(ana, DESIGN, TODAY)

        assert found.may_read
        assert "gcp: no evidence is recorded" in [m.words for m in found.missing]


class TestConflicts:
    @pytest.fixture
    def asks(self, with_plan, ana, elsewhere):
        with_plan(READING, {"adjudicator: 1}": "adjudicator: 1, declare_conflicts: yes}"})  # fmt: skip
        elsewhere(ana)

    def declare(self, ana, clock, says=""):
        return actions.declare(says=says, password=PASSWORD, by=ana, clock=clock)

    def test_undeclared_stops(self, asks, ana):
        assert why(ana) == "conflicts of interest are not declared"

    def test_none_is_enough(self, asks, ana, clock):
        self.declare(ana, clock)
        assert why(ana) == ""

    def test_a_conflict_waits_for_a_decision(self, asks, ana, lead, clock):
        self.declare(ana, clock, "shares of the sponsor")
        assert why(ana) == "a declared conflict of interest waits for a decision"

        actions.decide_conflict(reader=ana, accepted=True, reason="sold in March", by=lead, clock=clock)  # fmt: skip
        assert why(ana) == ""

    def test_a_conflict_that_is_not_accepted_stops(self, asks, ana, lead, clock):
        self.declare(ana, clock, "shares of the sponsor")
        actions.decide_conflict(reader=ana, accepted=False, reason="too near", by=lead, clock=clock)  # fmt: skip

        assert why(ana) != ""
        with pytest.raises(NotReady):
            actions.decide_conflict(reader=ana, accepted=True, reason="x", by=lead, clock=clock)  # fmt: skip

    def test_a_decision_needs_a_reason(self, asks, ana, lead, clock):
        self.declare(ana, clock, "shares")
        with pytest.raises(InvalidInput):
            actions.decide_conflict(reader=ana, accepted=True, reason=" ", by=lead, clock=clock)  # fmt: skip

    def test_who_reads_nothing_declares_nothing(self, tm, clock):
        with pytest.raises(Denied):
            self.declare(tm, clock)


class TestHolds:
    def hold(self, ana, clock, **changes):
        told = {"reader": ana, "design": DESIGN, "why": "an alarm of the bias chart", "by": SYSTEM, "clock": clock}  # fmt: skip
        return actions.hold(**{**told, **changes})

    def test_an_alarm_holds_until_somebody_lifts_it(self, ana, elsewhere, lead, clock):
        elsewhere(ana)
        made = self.hold(ana, clock)
        assert why(ana) == "held: an alarm of the bias chart"

        actions.lift(hold=made, reason="talked through ten cases", by=lead, clock=clock)
        assert why(ana) == ""
        with pytest.raises(NotReady):
            actions.lift(hold=made, reason="again", by=lead, clock=clock)

    def test_the_same_alarm_twice_is_one_hold(self, ana, clock):
        assert self.hold(ana, clock) == self.hold(ana, clock)
        assert Hold.objects.count() == 1

    def test_passing_again_lifts_what_asked_for_it(self, ana, elsewhere, clock):
        elsewhere(ana)
        self.hold(ana, clock, requalify=True)
        self.hold(ana, clock, why="leave")
        clock.advance(timedelta(hours=1))
        actions.record_attempt(reader=ana, design=DESIGN, passed=True, form="ramris@2", result={}, clock=clock)  # fmt: skip

        assert why(ana) == "held: leave"

    def test_failing_again_lifts_nothing(self, ana, elsewhere, clock):
        elsewhere(ana)
        self.hold(ana, clock, requalify=True)
        actions.record_attempt(reader=ana, design=DESIGN, passed=False, form="ramris@2", result={}, clock=clock)  # fmt: skip

        assert "held" in why(ana)

    @pytest.mark.parametrize("changes", [{"why": " "}])
    def test_a_hold_says_why(self, ana, clock, changes):
        with pytest.raises(InvalidInput):
            self.hold(ana, clock, **changes)

    def test_only_readers_are_held(self, tm, clock):
        with pytest.raises(InvalidInput):
            self.hold(tm, clock)

    def test_a_reader_lifts_no_hold(self, ana, clock):
        made = self.hold(ana, clock)
        with pytest.raises(Denied):
            actions.lift(hold=made, reason="I am fine", by=ana, clock=clock)
