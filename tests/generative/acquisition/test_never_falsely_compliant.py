"""Whatever is lost or changed: an exam that lacks what a rule asks about never passes."""

from __future__ import annotations

from copy import deepcopy

from hypothesis import given, settings
from hypothesis import strategies as st

from provident.acquisition import judge
from provident.dicom import FACTS
from provident.kernel import Outcome, PlanError
from provident.plan.models.imaging_rules import rule_of
from provident.plan.models.patterns import found_by, safe_pattern
from tests.spec.acquisition import manuals, scans


HANDS = manuals.manual(manuals.HANDS, "baseline")
EXAM = scans.hands()
FACTS_OF_EXAM = scans.facts(*EXAM.values())
# What the rules of the manual need; without it in one image, nothing may pass.
NEEDED = {
    "cor_t1": ["RepetitionTime", "EchoTime", "SliceThickness", "PixelSpacing", "PixelBandwidth", "FlipAngle", "Rows", "ImagePositionPatient", "ImageOrientationPatient"],
    "cor_stir": ["EchoTime", "InversionTime", "MagneticFieldStrength", "ReceiveCoilName", "ImagePositionPatient"],
    "ax_t1_post": ["ContrastBolusStartTime", "ImagePositionPatient"],
}  # fmt: skip


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_an_element_that_is_lost_anywhere_is_never_compliant(data):
    series = data.draw(st.sampled_from(list(NEEDED)))
    keyword = data.draw(st.sampled_from(NEEDED[series]))
    lost = data.draw(st.sets(st.integers(0, 11), min_size=1))
    images = deepcopy(EXAM[series])
    for i in lost:
        delattr(images[i], keyword)
    others = [s for name, s in EXAM.items() if name != series]

    verdict = judge(scans.facts(images, *others), HANDS, visit="baseline")

    assert verdict.outcome in (Outcome.FAIL, Outcome.NOT_ASSESSABLE)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_images_that_are_lost_are_never_compliant(data):
    series = data.draw(st.sampled_from(["cor_t1", "cor_stir"]))
    # The far end of a series without a count cannot be known from what is there.
    end = 12 if series == "cor_t1" else 11
    lost = data.draw(st.sets(st.integers(0, end - 1), min_size=1, max_size=2))
    images = [image for i, image in enumerate(EXAM[series]) if i not in lost]
    others = [s for name, s in EXAM.items() if name != series]

    verdict = judge(scans.facts(images, *others), HANDS, visit="baseline")

    assert verdict.outcome is not Outcome.PASS


@given(st.permutations(FACTS_OF_EXAM))
@settings(max_examples=20, deadline=None)
def test_the_order_of_arrival_makes_no_difference(series):
    verdict = judge(series, HANDS, visit="baseline")

    assert (verdict.outcome, {s.role for s in verdict.series}) == (
        Outcome.PASS,
        set(EXAM),
    )


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["70 ms", "3 ± 1 mm", "~a.*", "present", "1..2", "<= 3 T", "same as x"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["by", "target", "warn", "fail", "pass", "along", "at_least", "shells", "within", "volumes", "1.5 T"]),
        inner,
        max_size=4,
    ),
    max_leaves=6,
)  # fmt: skip


@given(st.sampled_from(sorted(FACTS)), VALUES)
@settings(max_examples=400, deadline=None)
def test_any_rule_is_read_or_refused_in_words(name, value):
    try:
        rule = rule_of(FACTS[name], value)
    except PlanError:
        return

    assert rule.text


@given(
    st.text(alphabet="ab.*+?|(){}12,[]\\^$", max_size=40),
    st.text(alphabet="ab", max_size=100),
)
@settings(max_examples=300, deadline=2000)
def test_a_pattern_that_is_taken_ends_soon(pattern, text):
    try:
        safe_pattern(pattern)
    except PlanError:
        return
    found_by(pattern, text)
