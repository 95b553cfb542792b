"""Indicators with intervals, the pilot stage that holds bookings, image measures beside the exam, the images to score."""

from __future__ import annotations

import json
from io import BytesIO

import numpy as np
import pytest
from pydicom import dcmread

from provident.kernel import Refused
from provident.web.qc import gates, selectors
from provident.web.qc.indicators import Arrived, figure
from provident.web.qc.models import SeriesMeasures


pytestmark = pytest.mark.django_db


@pytest.fixture
def of(study):
    from provident.web.studies.plans import plan_in_force

    return plan_in_force(study)


def exam(outcome="pass", repeat=False, lag=1):
    return Arrived(outcome=outcome, repeat=repeat, lag=lag)


@pytest.mark.parametrize(
    ("good", "bad", "level"),
    [(9, 0, "few"), (10, 0, ""), (9, 1, ""), (8, 2, "warn"), (7, 3, "warn"), (6, 4, "act")],
)  # fmt: skip
def test_compliance_against_the_plans_limits(of, good, bad, level):
    limits = of.quality.indicators["first_time_compliance"]
    found = figure("first_time_compliance", limits, [exam()] * good + [exam("fail")] * bad + [exam("fail", repeat=True)])  # fmt: skip

    assert (found.n, found.level) == (good + bad, level)


def test_compliance_has_wilsons_interval(of):
    limits = of.quality.indicators["first_time_compliance"]
    found = figure("first_time_compliance", limits, [exam()] * 8 + [exam("fail")] * 2)

    assert (found.value, round(found.low, 1), round(found.high, 1)) == (80, 49.0, 94.3)


@pytest.mark.parametrize(
    ("lags", "value", "interval", "level"),
    [
        ([], None, (None, None), "few"),
        ([1, 2, 9], 2, (None, None), ""),
        ([1, 2, 3, 4, 5, 6], 3.5, (1, 6), "warn"),
        ([*range(1, 11)], 5.5, (2, 9), "warn"),
        ([9] * 8, 9, (9, 9), "act"),
        ([None, 2], 2, (None, None), ""),
    ],
)
def test_lag_is_a_median_with_the_interval_of_order_statistics(of, lags, value, interval, level):  # fmt: skip
    """n = 6: the whole range holds 96.9 %; n = 10: second to ninth, 97.9 % (Conover, table A3)."""
    found = figure("lag_to_arrival", of.quality.indicators["lag_to_arrival"], [exam(lag=n) for n in lags])  # fmt: skip

    assert (found.value, (found.low, found.high), found.level) == (value, interval, level)  # fmt: skip


def test_an_indicator_that_is_no_figure_of_a_group_has_none(of):
    assert (
        figure("header_drift", of.quality.indicators["lag_to_arrival"], [exam()]) is None
    )  # fmt: skip


def test_the_page_of_indicators(arrive, as_member, make_member, study):
    for n in range(10):
        arrive("fail" if n < 4 else "pass")
    page = as_member(make_member("monitor")).get(f"/s/{study.slug}/quality/indicators")

    assert "60 %" in page.text
    assert "31.3 to 83.2 %" in page.text
    assert "a monitoring visit is opened" in page.text
    assert "held in its pilot stage" in page.text


# -- pilot stage


@pytest.mark.parametrize(
    ("states", "held", "over"),
    [
        ([], False, False),
        (["judged"], False, False),
        (["accepted", "complete"], False, False),
        (["accepted", "judged"], True, False),
        (["rejected", "accepted"], False, True),
        (["accepted", "accepted", "judged"], False, True),
    ],
)
def test_a_site_is_held_while_its_first_exams_wait(arrive, of, site, participant, states, held, over):  # fmt: skip
    """The demo plan reviews the first two of each site."""
    for state in states:
        arrive(state=state)
    stage, slot = selectors.pilot_of(site, of), participant.slots.first()
    try:
        gates.before_booking(slot, slot.opens_on)
    except Refused as refused:
        said = str(refused)
    else:
        said = ""

    assert (stage.holds, stage.over) == (held, over)
    assert ("wait" in said and "pilot stage" in said) == held


def test_a_booking_meets_the_gate(arrive, participant, clock, by):
    from provident.web.participants.actions import book

    slot = participant.slots.filter(exam_kind="hands_mri").first()
    arrive(), arrive()
    with pytest.raises(Refused, match="held in its pilot stage"):
        book(slot=slot, on=slot.opens_on, by=by, clock=clock)


# -- image measures


@pytest.fixture
def with_images(participant, clock):
    """A judged exam of one series of four images with noise, of which the store has the bytes."""
    from provident import dicom
    from provident.kernel.ids import new_uid, sha256
    from provident.web.exams.models import Exam, Series
    from provident.web.exams.objects import object_store
    from tests.web.conftest import small_image

    def make(scanner=None):
        uid = new_uid()
        store, rows, headers, rng = object_store(), [], [], np.random.default_rng(7)
        for number in (2, 1, 4, 3):
            ds = dcmread(BytesIO(small_image(number, position=3 * number)))
            ds.Rows = ds.Columns = 96
            y, x = np.mgrid[-1:1:96j, -1:1:96j]
            limb = 400 * (np.hypot(x, y) < 0.6)
            noisy = limb + rng.normal(30, 9, (96, 96))
            ds.PixelData = noisy.clip(0).astype("<u2").tobytes()
            ds["PixelData"].VR = "OW"
            data, key = dicom.write(ds), f"measured/{uid}/{number}.dcm"
            store.create(key, data)
            headers.append((key, dicom.read_header(data)))
            rows.append({"sop_uid": str(number), "key": key, "sha256": sha256(data), "size": len(data)})  # fmt: skip
        manifest = json.dumps({"instances": rows}).encode()
        store.create(f"measured/{uid}/manifest.json", manifest)
        exam = Exam.objects.create(
            study=participant.study, participant=participant, uid=uid, kind="hands_mri", visit="baseline",
            state="judged", outcome="pass", verdict={"sentence": "S."}, first_received_at=clock.now(), scanner=scanner,
        )  # fmt: skip
        Series.objects.create(
            exam=exam, uid=new_uid(), modality="MR", role="cor_t1", outcome="pass", instances=4,
            facts=dicom.series_facts(headers)[0].as_json(), thumbnail_key="x",
            manifest_key=f"measured/{uid}/manifest.json", manifest_sha256=sha256(manifest),
        )  # fmt: skip
        return exam

    return make


def test_images_are_measured_once_for_each_version_of_a_series(with_images):
    from provident.web.qc.tasks import measure_exam

    exam = with_images()
    measure_exam(str(exam.pk))
    first = SeriesMeasures.objects.get()
    measure_exam(str(exam.pk))
    assert SeriesMeasures.objects.count() == 1
    exam.series.update(manifest_sha256="later images")
    measure_exam(str(exam.pk))

    assert SeriesMeasures.objects.count() == 2
    values = {m["name"]: m["value"] for m in first.measures}
    assert values["unreadable_images"] == 0
    assert 6 < values["noise"] < 12
    assert first.cpu_seconds > 0


def test_images_that_do_not_decode_are_said_to_be_so(with_images):
    from provident.web.exams.objects import object_store
    from provident.web.qc.measuring import measured

    exam = with_images()
    store, series = object_store(), exam.series.get()
    key = f"measured/{exam.uid}/broken.dcm"
    store.create(key, b"no image")
    rows, _ = measured(store, [key], series.facts)

    assert next(m["value"] for m in rows if m["name"] == "unreadable_images") == 1
    assert "no image" in next(m["because"] for m in rows if m["name"] == "snr")


def test_a_measure_is_placed_among_those_of_the_scanner(with_images, site, as_member, physicist, clock):  # fmt: skip
    from provident.web.qc.tasks import measure_exam

    scanner = site.scanners.first()
    for n in range(9):
        before = with_images(scanner)
        SeriesMeasures.objects.create(
            series=before.series.get(), manifest_sha256="m", cpu_seconds=0.1, at=clock.now(),
            measures=[{"name": "noise", "value": 2 + n / 100, "because": "", "note": "", "details": {}, "frames": []}],
        )  # fmt: skip
    exam = with_images(scanner)
    measure_exam(str(exam.pk))
    base = f"/s/{exam.study.slug}"
    for page in (f"{base}/quality/exam/{exam.pk}", f"{base}/exams/{exam.pk}"):
        text = as_member(physicist).get(page).text
        assert "lies far above the 9 before it" in text
        assert "no verdict and no gate reads them" in text


# -- scoring


def test_each_score_is_a_group_of_radios_with_its_keys(judged_exam, as_member, physicist):  # fmt: skip
    text = as_member(physicist).get(f"/s/arthur-2/quality/exam/{judged_exam().pk}").text

    assert text.count("<fieldset data-score") == 8  # four scores of two series
    assert 'name="cor_stir:effect" value="not_readable"' in text
    assert '<kbd aria-hidden="true">3</kbd> ghosting' in text
    assert "Last exams of this scanner" in text or "No history" in text


def test_images_of_a_series_one_by_one(with_images, as_member, physicist, make_member):
    exam = with_images()
    series = exam.series.get()
    client = as_member(physicist)
    base = f"/s/{exam.study.slug}/quality/exam/{exam.pk}/series/{series.pk}"

    first = client.get(f"{base}/1.png")
    assert (first.status_code, first.content[:4]) == (200, b"\x89PNG")
    assert client.get(f"{base}/5.png").status_code == 404
    assert client.get(f"{base}/0.png").status_code == 404
    assert client.get(f"/s/{exam.study.slug}/quality/exam/{exam.pk}/series/0/1.png").status_code == 404  # fmt: skip
    assert as_member(make_member("monitor")).get(f"{base}/1.png").status_code == 404
    assert as_member(make_member("reader")).get(f"{base}/1.png").status_code == 403


def test_what_follows_from_a_verdict(with_images, make_member):
    from provident.web.qc.models import Selection
    from provident.web.qc.tasks import exam_judged

    exam = with_images()
    for _ in range(2):
        exam_judged(str(exam.pk))

    assert Selection.objects.get().because == "pilot"
    assert exam.queries.count() == 0
