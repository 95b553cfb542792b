"""The review of held images: the site sees values before and after, others the rules alone; every look is recorded."""

from __future__ import annotations

import json
import re

import pytest

from provident.adapters.gateway.work import status
from provident.web.intake.models import Quarantine
from provident.web.ledger.selectors import events
from tests.peers.scans import mr


WORD = "Brannoxley"  # nobody's word: neither imaging vocabulary nor approved
TEXT = f"T1 SE COR {WORD}"


@pytest.fixture
def held(land, work, participant):
    """Two images whose description has a word that nobody approved, held at leeds."""
    land([mr(patient_id="L-101", number=n, description=TEXT) for n in (1, 2)])
    work.settle()
    return Quarantine.objects.get(code="DEID.TEXT_NEEDS_REVIEW")


@pytest.fixture
def address(study, held):
    return f"/s/{study.slug}/quarantine/{held.pk}"


@pytest.fixture
def nurse(make_member, as_member, held):
    return as_member(make_member("site", "leeds"))


def references(page: str) -> list[str]:
    return re.findall(r'name="approved" value="([0-9a-f]{16})"', page)


def test_the_site_sees_each_attribute_before_and_after_with_the_rule(
    nurse, address, gateway, study, held
):
    page = nurse.post(f"{address}/review").content.decode()

    assert "HARGREAVES" in page  # what goes
    assert TEXT in page  # what waits
    assert "waits for approval" in page
    assert "Patient&#39;s Name" in page
    assert "2 of 2 files explained" in page
    assert "hold.reviewed" in [e["action"] for e in gateway.ledger.events()]
    [event] = [e for e in events(study.slug) if e.action == "quarantine.reviewed"]
    assert event.thing_id == str(held.pk)


@pytest.mark.parametrize("role", ["qc", "trial_manager", "monitor"])
def test_others_see_rules_and_no_value(
    role, make_member, as_member, address, gateway, held, caplog
):
    client = as_member(make_member(role))
    page = client.post(f"{address}/review").content.decode()

    assert "Series Description" in page
    for value in ("HARGREAVES", WORD, "19610704", "ACC99812", "OKONKWO"):
        assert value not in page
    assert not references(page)
    assert 'name="marked"' not in page
    assert client.post(f"{address}/review/rule", {}).status_code == 403
    assert client.get(f"{address}/review/pictures/0/before").status_code == 403
    assert WORD not in caplog.text


def test_approved_values_are_kept_sealed_at_the_site_and_become_lines_for_the_plan(
    nurse, address, study, gateway, tmp_path
):
    page = nurse.post(f"{address}/review").content.decode()
    [reference] = references(page)

    answer = nurse.post(
        f"{address}/review/rule", {"approved": reference, "why": "our protocol's name"}
    ).content.decode()

    assert f"SeriesDescription,{TEXT}" in answer
    [ruled] = [e for e in gateway.ledger.events() if e["action"] == "hold.ruled"]
    assert ruled["details"]["approved"] == [reference]
    assert ruled["details"]["why"] == "our protocol's name"
    assert [a.value for a in gateway.rulings.approved()] == [TEXT]
    assert not any(
        WORD.encode() in f.read_bytes() for f in gateway.root.rglob("*.sqlite3*")
    )
    kept = json.dumps([e.content for e in events(study.slug)]) + json.dumps(gateway.ledger.events())  # fmt: skip
    assert WORD not in kept


def test_what_must_go_becomes_a_deviation_with_its_reason(nurse, address):
    without = nurse.post(f"{address}/review/rule", {"marked": "SeriesDescription"})
    assert without.status_code == 422
    assert "Say why" in without.content.decode()

    page = nurse.post(
        f"{address}/review/rule",
        {"marked": "SeriesDescription", "why": 'our staff "sign" there'},
    ).content.decode()

    assert "tag: &#34;SeriesDescription&#34;, action: remove" in page
    assert "our staff &#39;sign&#39; there" in page


def test_nothing_chosen_is_said(nurse, address):
    answer = nurse.post(f"{address}/review/rule", {"why": "x"})

    assert answer.status_code == 422
    assert "Choose values to approve" in answer.content.decode()


def test_the_line_is_what_the_plans_list_takes(nurse, address, work, gateway, held, study, clock, by):  # fmt: skip
    """Approved in a new version of the plan and run again, the images go with the words in them."""
    from provident.web.studies.actions import load_plan
    from tests.web.conftest import ROOT

    page = nurse.post(f"{address}/review").content.decode()
    answer = nurse.post(f"{address}/review/rule", {"approved": references(page), "why": "x"}).content.decode()  # fmt: skip
    line = re.search(r"<textarea[^>]*>(.*?)</textarea>", answer, re.S)[1].strip()
    folder = ROOT / "plans/arthritis-demo"
    files = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}  # fmt: skip
    files["approved-values.csv"] += f"{line}\n".encode()
    whole = files["study.yaml"].decode()
    files["study.yaml"] = re.sub(r"(?m)^version: .*$", 'version: "9.9"', whole).encode()
    load_plan(files=files, by=by, clock=clock, reason="words approved at leeds")

    nurse.post(f"{address}/decide", {"act": "rerun", "reason": "plan 9.9"})
    work.settle()

    assert status(gateway)["sent"] == 2
    held.refresh_from_db()
    assert (held.state, held.act) == ("released", "rerun")


def test_run_again_by_the_same_plan_holds_again(nurse, address, work, gateway):
    nurse.post(f"{address}/decide", {"act": "rerun", "reason": "by mistake"})
    work.settle()

    assert status(gateway)["reasons"] == {"DEID.TEXT_NEEDS_REVIEW": 2}


def test_a_box_is_drawn_around_what_would_be_painted_out(nurse, address, gateway, held):
    answer = nurse.get(f"{address}/review/pictures/0/before")

    assert answer.content.startswith(b"\x89PNG")
    assert gateway.ledger.events()[-1]["action"] == "hold.image_seen"
    assert nurse.get(f"{address}/review/pictures/7/before").status_code == 404


def test_who_is_not_known_cannot_be_reviewed(land, work, participant, make_member, as_member, study):  # fmt: skip
    land([mr(number=1)])
    work.settle()
    row = Quarantine.objects.get()

    answer = as_member(make_member("site", "leeds")).post(f"/s/{study.slug}/quarantine/{row.pk}/review")  # fmt: skip

    assert answer.status_code == 409
    assert "Link them first" in answer.content.decode()
