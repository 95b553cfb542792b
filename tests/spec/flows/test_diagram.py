"""The data flow diagram: what it shows, and that it can be read in print, in grey and aloud."""

from __future__ import annotations

import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from provident import plan, programme
from provident.flows import diagram, picture_of
from provident.kernel import NotFound, PlanError
from provident.plan.models.flows import Flows
from provident.programme.flow_diagram import flow_diagram, flow_picture


title = "Data flow diagram"

PLANS = Path(__file__).resolve().parents[3] / "plans"
SVG = "{http://www.w3.org/2000/svg}"

MODEL = {
    "organisations": {
        "site": {"name": "Hospitals", "kind": "nhs", "country": "GB", "role": "controller"},
        "unit": {"name": "Unit", "kind": "university", "country": "GB", "role": "processor"},
    },
    "data": {
        "mri": {"kind": "image"},
        "scores": {"kind": "derived"},
    },
    "stores": {
        "pacs": {"at": "site", "holds": ["mri"], "level": "identifiable", "keeps": "8 years"},
        "images": {"at": "unit", "holds": ["mri"], "backup": "none"},
    },
    "flows": {
        "send": {"from": "pacs", "to": "images", "what": ["mri"], "by": "dicom", "every": "day"},
        "discs": {"from": "pacs", "to": "images", "what": ["mri"], "level": "pseudonymised", "by": "courier"},
        "score": {"from": "images", "to": "pacs", "what": ["scores"], "by": "web"},
    },
}  # fmt: skip


def drawn(model=MODEL, **more):
    flows = Flows.model_validate(model)
    return diagram(picture_of(flows, title="Flow of X", homes={}, **more))


def parsed(svg):
    return ElementTree.fromstring(svg)  # noqa: S314  # our own drawing


def texts(svg):
    root = parsed(svg)
    return [" ".join(t.itertext()) for t in root.iter(f"{SVG}text")]


def arrows(svg):
    root = parsed(svg)
    return {
        group.find(f"{SVG}title").text.partition(":")[0]: group.find(
            f"{SVG}path"
        ).attrib
        for group in root.iter(f"{SVG}g")
        if group.find(f"{SVG}title") is not None
    }


def test_each_flow_says_its_data_level_channel_and_cadence():
    svg = drawn().svg

    assert "send: mri" in texts(svg)
    assert "identifiable  · dicom · every day" in texts(svg)
    assert set(arrows(svg)) == {"send", "discs", "score"}


def test_images_derived_data_and_paper_are_told_apart_without_colour():
    found = arrows(drawn().svg)

    assert found["send"]["stroke-width"] != found["score"]["stroke-width"]
    assert "stroke-dasharray" in found["discs"]
    assert "stroke-dasharray" not in found["send"]


def test_a_flow_back_points_back():
    found = arrows(drawn().svg)

    assert "marker-start" in found["score"]
    assert "marker-end" in found["send"]


def test_a_store_says_how_long_it_keeps_and_whether_it_is_backed_up():
    said = texts(drawn().svg)

    assert "keeps 8 years" in said
    assert "no backup" in said


def test_a_fault_is_red_numbered_listed_and_read_aloud():
    made = drawn(
        faults={
            "flows.send": ("not tested",),
            "stores.images": ("no backup",),
            "": ("no assessment",),
        }
    )
    red = arrows(made.svg)["send"]["stroke"]

    assert made.faults == ("not tested", "no backup", "no assessment")
    assert {"1 not tested", "2 no backup", "3 no assessment"} <= {
        " ".join(t.split()) for t in texts(made.svg)
    }
    assert red != arrows(made.svg)["score"]["stroke"]
    assert "Faults: not tested; no backup; no assessment." in made.description
    assert drawn().description.endswith("No faults.")


def test_live_counts_stand_at_their_flow():
    assert "2,848 images" in texts(drawn(counts={"send": "2,848 images"}).svg)


def test_a_flow_that_stays_in_its_store_is_said_there():
    model = {
        **MODEL,
        "flows": {
            **MODEL["flows"],
            "clean": {"from": "pacs", "to": "pacs", "what": ["mri"], "by": "web"},
        },
    }

    assert "clean: stays here" in texts(drawn(model).svg)


def test_an_end_of_no_organisation_has_a_lane_of_its_own():
    model = {
        **MODEL,
        "flows": {
            "out": {"from": "pacs", "to": "someone", "what": ["mri"], "by": "email"}
        },
    }

    assert "No organisation" in texts(drawn(model).svg)


def test_words_of_the_plan_cannot_become_markup():
    organisations = {
        **MODEL["organisations"],
        "unit": {**MODEL["organisations"]["unit"], "name": "<script>&"},
    }
    svg = drawn({**MODEL, "organisations": organisations}).svg

    assert "<script" not in svg
    assert any("<script>" in t for t in texts(svg))


def test_it_has_a_title_and_a_description_and_no_inline_style():
    root = parsed(drawn().svg)

    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "Flow of X"
    assert "pacs" in root.find(f"{SVG}desc").text
    assert all("style" not in e.attrib for e in root.iter())


@pytest.mark.parametrize(
    "name", sorted(p.name for p in PLANS.iterdir() if (p / "flows.yaml").exists())
)
def test_shipped_plans_are_drawn_whole(name):
    loaded = plan.load(PLANS / name)
    made = flow_diagram(loaded, programme.check_plan(loaded).findings)

    assert set(arrows(made.svg)) == set(loaded.require().flows.flows)


def test_what_the_checks_find_stands_at_the_flow(tmp_path):
    folder = tmp_path / "plan"
    shutil.copytree(PLANS / "arthritis-demo", folder)
    flows = folder / "flows.yaml"
    text = flows.read_text().replace(
        "by: dicomweb, every: day, speed: 20 Mbit/s, tested: {on: 2026-01-20, evidence: T2}",
        "by: courier",
    )
    flows.write_text(text)
    loaded = plan.load(folder)
    picture = flow_picture(loaded, programme.check_plan(loaded).findings)

    faults = {a.id: a.faults for a in picture.arrows}
    assert any("has not been tested" in f for f in faults["send"])
    assert faults["collect"] == ()


def test_a_plan_without_flows_says_what_to_write(tmp_path):
    folder = tmp_path / "plan"
    shutil.copytree(PLANS / "arthritis-demo", folder)
    (folder / "flows.yaml").unlink()

    with pytest.raises((NotFound, PlanError), match=r"flows\.yaml|flows"):
        flow_diagram(plan.load(folder))
