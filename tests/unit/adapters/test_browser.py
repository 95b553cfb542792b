"""What runs in the browser page: the same answers as at a gateway, and the site's key in one document for all."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from provident import deid, plan, programme
from provident.adapters.browser import visits
from provident.adapters.browser.glance import glance, key_check, person_code
from provident.adapters.browser.package import package
from provident.adapters.browser.profiles import as_json, from_json
from provident.adapters.browser.station import Station
from provident.adapters.gateway.site import Registration, SiteGateway, directory_of
from provident.adapters.gateway.sitekey import LEAST_ITERATIONS, read_wrapped, wrap
from provident.cli.sitekey import key_app
from provident.kernel import InvalidInput, Refused
from provident.programme.visits import FARTHEST
from tests.peers.scans import mr


PLAN = plan.load(Path(__file__).parents[3] / "plans/arthritis-demo").plan
PROFILE = programme.deid_profile(PLAN, "leeds")
KEY = deid.SiteKey(bytes(range(32)))
PHRASE = "violin harbour zebra cotton"
ANCHOR = date(2026, 3, 2)


def windows() -> list[visits.Window]:
    return [
        visits.Window(visit=name, label=v.label or name, timepoint=programme.timepoint_id(PLAN, name),
                      low=programme.window_days(v)[0], high=programme.window_days(v)[1])
        for name, v in PLAN.study.visits.items()
    ]  # fmt: skip


def station(seen: str = "clear") -> Station:
    told = {
        "study": "arthur-2", "site": "leeds", "namespace": "1", "anchor": PLAN.study.anchor.upper(),
        "plan": {"version": "1", "hash": "x"}, "profile": as_json(PROFILE),
        "visits": [{n: getattr(w, n) for n in ("visit", "label", "timepoint", "low", "high")} for w in windows()],
    }  # fmt: skip
    made = Station(json.dumps(told), KEY.secret, lambda _described, _pixels: seen)
    made.begin("L-101", ANCHOR.isoformat(), "2026-03-02")
    return made


@given(day=st.integers(-500, 900))
def test_the_browser_finds_the_same_visit_as_the_gateway(day):
    there = programme.visit_for(PLAN, ANCHOR, ANCHOR + timedelta(days=day))
    here = visits.match(windows(), day)

    told = (here.visit.visit if here.visit else None, here.in_window, here.days_outside)
    assert told == (there.visit, there.in_window, there.days_outside)
    assert visits.FARTHEST == FARTHEST


def test_a_profile_comes_out_the_same_on_the_other_side():
    told = json.loads(json.dumps(as_json(PROFILE)))

    assert from_json(told) == PROFILE
    with pytest.raises(InvalidInput, match="came out differently"):
        from_json({**told, "age_cap": 99})


def without_imaging_libraries(monkeypatch) -> None:
    """As in a browser: whatever looks at pixels cannot be imported."""
    from provident.deid import pixels

    def none(*_given, **_named):
        raise ImportError

    monkeypatch.setattr(pixels, "look", none)


@pytest.mark.parametrize(
    ("file", "seen", "reason"),
    [
        ({}, "clear", ""),
        ({}, "text", "pixels_need_review"),
        ({}, "unreadable", "pixels_unreadable"),
        ({"number": 2}, "text", "pixels_need_review"),  # numbering need not start at 1
        ({"Modality": "US"}, "clear", "examined_elsewhere"),
        ({"ImageType": ["DERIVED", "PRIMARY"]}, "clear", "examined_elsewhere"),
    ],
)
def test_what_must_be_looked_at_leaves_only_after_a_look(
    monkeypatch, file, seen, reason
):
    native = deid.deidentify(
        mr(**file), profile=PROFILE, key=KEY,
        subject=deid.Subject(
            participant="L-101", date_shift_days=deid.date_shift(KEY, "L-101", PROFILE), timepoint_id="baseline",
            timepoint_description="Baseline", day_offset=0, anchor=PLAN.study.anchor.upper(),
        ),
    )  # fmt: skip
    without_imaging_libraries(monkeypatch)
    data, told = station(seen).make(mr(**file))

    assert json.loads(told).get("reason", "") == reason
    if not reason:
        assert data == native.data


def test_an_image_for_which_others_of_its_series_stand_is_not_looked_at(monkeypatch):
    without_imaging_libraries(monkeypatch)
    data, told = station("text").make(mr(), stands=False)

    assert data is not None
    assert "reason" not in json.loads(told)
    assert json.loads(station("text").make(mr())[1])["reason"] == "pixels_need_review"


def test_a_screen_is_looked_at_whoever_stands_for_its_series(monkeypatch):
    without_imaging_libraries(monkeypatch)
    _, told = station("clear").make(mr(ConversionType="WSD"), stands=False)

    assert json.loads(told)["reason"] == "examined_elsewhere"


def test_the_manifest_tells_no_true_date():
    bench = station()
    _, told = bench.make(mr(number=2))
    row = {**json.loads(told), "sha256": "0" * 64, "size": 1}
    asked = {"participant": "L-101", "anchor": "2026-03-02", "acquired": "2026-03-02", "deidentified_before": False, "instances": [row]}  # fmt: skip
    written = json.loads(bench.manifest(json.dumps(asked)))

    assert (written["acquired_on"], written["day"], written["timepoint"]) == (None, 0, "baseline")  # fmt: skip
    assert "2026-03-02" not in json.dumps(written)


def test_a_person_s_code_needs_the_key_and_not_the_spelling():
    code = person_code(KEY, "LTH", " ab12 ")

    assert code == person_code(KEY, "lth", "AB12")
    assert code != person_code(deid.SiteKey.new(), "LTH", "AB12")
    assert code != person_code(deid.SiteKey(KEY.secret, "2"), "LTH", "AB12")


@pytest.mark.parametrize(
    ("data", "reason"), [(b"", "not_dicom"), (b"PK\3\4" * 200, "not_dicom"), (mr()[:400], "truncated")]
)  # fmt: skip
def test_a_glance_never_raises(data, reason):
    assert glance(data).reason == reason


def test_the_archive_is_the_same_each_time_and_leaves_out_itself():
    first = package()
    package.cache_clear()

    assert package().sha256 == first.sha256
    assert b"provident/adapters/browser/station.py" in first.data
    assert b"provident/adapters/browser/package.py" not in first.data
    assert len(first.data) < 2e6


# the key


def document() -> dict:
    return wrap(KEY, PHRASE, study="arthur-2", site="leeds", iterations=LEAST_ITERATIONS).as_json()  # fmt: skip


def test_a_wrapped_key_opens_with_its_passphrase_alone():
    told = read_wrapped(document(), study="arthur-2", site="leeds")

    assert told.unwrap(f" {PHRASE} ") == KEY
    assert told.check == key_check(KEY)
    with pytest.raises(InvalidInput, match="does not open"):
        told.unwrap("violin harbour zebra cottom")


@pytest.mark.parametrize(
    "change",
    [{"site": "york"}, {"namespace": "2"}, {"study": "other"}, {"check": "0" * 16}],
)
def test_a_document_that_was_edited_does_not_open(change):
    with pytest.raises(InvalidInput):
        read_wrapped({**document(), **change}).unwrap(PHRASE)


@pytest.mark.parametrize("told", [None, [], {}, {"format": "provident-site-key"}, "x"])
def test_what_is_no_wrapped_key_is_refused_in_words(told):
    with pytest.raises(InvalidInput, match="no wrapped site key"):
        read_wrapped(told)


def test_a_passphrase_is_not_too_short():
    with pytest.raises(InvalidInput, match="at least 12"):
        wrap(KEY, "short", study="a", site="b")


@pytest.fixture
def gateway(tmp_path):
    told = Registration(study="arthur-2", site="leeds", aet="LEEDS", centre="", token="t")  # fmt: skip
    return SiteGateway.make(directory_of(tmp_path, "arthur-2", "leeds"), told)


def run(*words: str, phrase: str = PHRASE):
    return CliRunner().invoke(key_app(), list(words), input=f"{phrase}\n{phrase}\n")


def test_gateway_page_and_command_line_share_one_key(gateway, tmp_path):
    file, clear = tmp_path / "leeds.key.json", tmp_path / "leeds.key"
    assert run("export", str(file), "--data", str(tmp_path)).exit_code == 0
    assert run("unwrap", str(file), str(clear)).exit_code == 0

    from provident.deid.codebook import read_key

    assert read_key(clear) == gateway.site_key
    assert file.stat().st_mode & 0o077 == 0
    assert (
        run("export", str(file), "--data", str(tmp_path)).exit_code != 0
    )  # never written over


def test_a_gateway_takes_the_key_of_the_page_before_it_sends(gateway, tmp_path):
    file = tmp_path / "page.json"
    file.write_text(json.dumps(document()))
    wrong = run("import", str(file), "--data", str(tmp_path), phrase="another long passphrase")  # fmt: skip
    assert isinstance(wrong.exception, InvalidInput)
    assert run("import", str(file), "--data", str(tmp_path)).exit_code == 0

    assert SiteGateway(gateway.root).site_key == KEY


def test_a_gateway_that_has_sent_keeps_its_key(gateway):
    name = gateway.receive(b"x", "s", "dicom")
    gateway.spool.update([(name, {"state": "sent"})])

    with pytest.raises(Refused, match="has sent images"):
        gateway.take_key(KEY)


def test_a_glance_tells_the_universal_issuer_where_there_is_no_other():
    issuer = pydicom.Dataset()
    issuer.UniversalEntityID, issuer.UniversalEntityIDType = "1.2.826.0.1.5", "ISO"
    qualified = {"IssuerOfPatientIDQualifiersSequence": [issuer]}

    assert glance(mr(issuer="", **qualified)).issuer == "ISO:1.2.826.0.1.5"
    assert glance(mr(issuer="LTH", **qualified)).issuer == "LTH"
    assert glance(mr(number=7)).order == "7"
