"""From deidentification.yaml to the profile: every deviation with its reason, every mistake in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from provident import plan
from provident.deid import Action, Profile
from provident.kernel import PlanError
from provident.plan.models.deidentification import Deidentification
from provident.programme.profiles import deid_profile, profile_problems, timepoint_id
from tests.spec.deid.files import ct_file, result


title = "The plan's profile"

DEMO = Path(__file__).resolve().parents[3] / "plans" / "arthritis-demo"


def read(text: str) -> Deidentification:
    return Deidentification.model_validate(YAML(typ="rt", pure=True).load(text))


SMALL = """
deidentification:
  id: central
  version: 3
  standard: {options: [113105, 113107]}
  dates: {shift: {days: [-3650, -30]}}
"""


def demo_plan():
    loaded = plan.load(DEMO)
    assert loaded.plan is not None, loaded.findings
    return loaded.plan


def replaced(**changes):
    """The demo's plan with another deidentification.yaml."""
    from dataclasses import replace

    made = demo_plan()
    told = made.deidentification.deidentification.model_copy(update=changes)
    return replace(made, deidentification=Deidentification(deidentification=told))


def test_a_small_file_says_little_and_means_the_standard():
    told = read(SMALL).deidentification

    assert (told.standard.table, told.standard.profile) == ("PS3.15-2026c", "basic")
    assert (
        told.text.unapproved,
        told.text.descriptors,
        told.text.comments,
        told.subject.age.cap,
        told.faces,
    ) == ("hold", "clean", "remove", 89, None)


def test_the_demo_s_profile():
    made = demo_plan()

    profile = deid_profile(made, "leeds")

    assert isinstance(profile, Profile)
    assert profile.text == "hold"
    assert (made.study.sponsor, made.study.id, "leeds") == (
        profile.trial.sponsor,
        profile.trial.protocol,
        profile.trial.site,
    )
    assert Action.CLEAN in {o.action for o in profile.overrides}
    assert all(o.why for o in profile.overrides)
    assert timepoint_id(made, "week12") == "week12"


def test_sites_share_all_but_their_own_name():
    made = demo_plan()
    a, b = deid_profile(made, "leeds"), deid_profile(made, "york")

    assert a.hash != b.hash
    assert a.overrides == b.overrides


def test_the_demo_s_profile_de_identifies():
    out = result(
        ct_file(StudyDescription="CT chest"), deid_profile(demo_plan(), "leeds")
    )

    assert (out.PatientID, out.ClinicalTrialSiteID, out.StudyDescription) == (
        "LE-017",
        "leeds",
        "CT chest",
    )


def test_a_site_that_is_not_there_is_named_with_the_nearest():
    with pytest.raises(PlanError, match=r'no site "leed".*did you mean "leeds"'):
        deid_profile(demo_plan(), "leed")


def test_attributes_and_classes_that_dicom_does_not_know_are_all_named():
    from provident.plan.models.deidentification import Deviation

    wrong = replaced(
        overrides=(
            Deviation(tag="ProtocolNmae", action="keep", why="x"),
            Deviation(tag="(0011,0001)", action="keep", why="x"),
            Deviation(
                tag="KVP", sop_class="CT Imaging Storage", action="keep", why="x"
            ),
        )
    )

    told = list(profile_problems(wrong))
    assert len(told) == 3
    assert 'did you mean "ProtocolName"' in told[0]
    assert 'did you mean "CT Image Storage"' in told[2]
    with pytest.raises(PlanError, match="ProtocolNmae"):
        deid_profile(wrong, "leeds")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("  standard: {options: [113106, 113107]}", "exclude each other"),
        ("  standard: {options: [113105]}", "113107 is not named"),
        ("  standard: {options: [113199]}", "113101"),
        ("  standard: {table: PS3.15-2011a}", "PS3.15-2026c"),
        ("  dates: {shift: {days: [-30, -3650]}}", "runs backwards"),
        ("  dates: {shift: {days: [0, 0]}}", "is none"),
        ("  dates: {keep_time: true}", "but no shift"),
        ("  trial: {site: '{site.town}'}", "site.town"),
        ("  private: [{creator: X, group: 0x0018, elements: [1], why: y}]", "private groups are odd"),
        ("  private: [{creator: X, group: 0x0019, elements: [0x100], why: y}]", "255"),
        ("  private: [{creator: X, group: 0x0019, elements: [1]}]", "why"),
        ("  overrides: [{tag: KVP, action: keep}]", "why"),
        ("  overrides: [{tag: kvp, action: keep, why: x}]", "pattern"),
        ("  overrides: [{tag: KVP, action: blur, why: x}]", "keep"),
        ("  overrides: [{tag: KVP, action: keep, why: x}, {tag: KVP, action: empty, why: y}]", "named twice"),
        ("  pixels: {keep_text: ['(']}", "no regular expression"),
        ("  text: {descriptor: clean}", "descriptor"),
        ("  key: centre", "site"),
    ],
)  # fmt: skip
def test_mistakes_in_the_file(line, words):
    key = line.split(":")[0]
    kept = [row for row in SMALL.splitlines() if not row.startswith(f"{key}:")]

    with pytest.raises(ValidationError, match=words):
        read("\n".join([*kept, line]))


def with_regions(text: str | None):
    from dataclasses import replace

    made = demo_plan()
    files = {k: v for k, v in made.files.items() if k != "us-regions.csv"}
    if text is not None:
        files["us-regions.csv"] = text.encode()
    return replace(made, files=files)


HEAD = "make,model,rows,columns,left,top,right,bottom\n"


def test_the_regions_of_devices_come_from_a_table_of_the_plan():
    profile = deid_profile(
        with_regions(HEAD + "Acme,5,480,640,530,0,640,480\n"), "leeds"
    )

    (region,) = profile.regions
    assert (region.make, region.left, region.bottom) == ("Acme", 530, 480)
    assert deid_profile(with_regions(None), "leeds").regions == ()


@pytest.mark.parametrize(
    "line", ["Acme,5,480,640,530,0,900,480", "Acme,5,tall,640,530,0,640,480", "Acme,5"]
)
def test_a_line_that_is_no_region_is_named(line):
    with pytest.raises(PlanError, match=r"us-regions\.csv:2: this is no region"):
        deid_profile(with_regions(HEAD + line + "\n"), "leeds")
