"""Each exposure counts once, whatever came, in whatever order and how often."""

from __future__ import annotations

import pytest

from tests.spec.dose.written import (
    PHARMA_SR,
    administration,
    assessed,
    biplane,
    ct_event,
    ct_total,
    found,
    image,
    injected,
    report,
    xray_event,
    xray_total,
)


def part(number: int, total: object, *events: object, **more: object):
    """One part of a report."""
    return report(ct_total(total), *events, number=number, at=f"10000{number}", **more)


ONE, TWO, THREE = ct_event(1, 100), ct_event(2, 150), ct_event(3, 50)


def test_a_report_in_parts_that_repeat_earlier_events_counts_each_once():
    exam = assessed(part(1, 100, ONE), part(2, 250, ONE, TWO), part(3, 300, ONE, TWO, THREE))  # fmt: skip

    assert exam.totals["dlp_mgycm"] == pytest.approx(300)
    assert "CUMULATIVE" in found(exam)
    assert "TOTALS_DIFFER" not in found(exam)


def test_a_report_in_parts_with_rising_totals_and_only_new_events_is_recognised():
    exam = assessed(part(1, 100, ONE), part(2, 250, TWO), part(3, 300, THREE))

    assert exam.totals["dlp_mgycm"] == pytest.approx(300)
    assert "CUMULATIVE" in found(exam)
    assert "TOTALS_DIFFER" not in found(exam)


def test_reports_of_two_machines_add_up():
    exam = assessed(part(1, 100, ONE), part(2, 150, TWO, serial="other"))

    assert exam.totals["dlp_mgycm"] == pytest.approx(250)
    assert not {"CUMULATIVE", "TOTALS_DIFFER"} & set(found(exam))


def test_two_complete_reports_of_one_machine_add_up():
    exam = assessed(part(1, 100, ONE), part(2, 150, TWO))

    assert exam.totals["dlp_mgycm"] == pytest.approx(250)
    assert not {"CUMULATIVE", "TOTALS_DIFFER"} & set(found(exam))


def test_a_missing_part_shows_and_the_machines_own_total_is_kept():
    exam = assessed(part(1, 100, ONE), part(3, 300, THREE))

    assert exam.totals["dlp_mgycm"] == pytest.approx(300)
    assert "TOTALS_DIFFER" in found(exam)


@pytest.mark.parametrize("number", [1, 7])
def test_a_report_that_is_sent_again_adds_nothing(number):
    again = report(ct_total(250), ONE, TWO, number=number, at="100009")

    exam = assessed(part(1, 250, ONE, TWO), again)

    assert exam.totals["dlp_mgycm"] == pytest.approx(250)
    assert "REPORT_RESENT" in found(exam)


def test_the_same_event_with_two_doses_is_a_finding_and_the_larger_counts():
    exam = assessed(part(1, 100, ONE), part(2, 120, ct_event(1, 120)))

    assert exam.totals["dlp_mgycm"] == pytest.approx(120)
    assert "EVENT_CONFLICT" in found(exam)
    assert exam.outcome == "fail"


def test_equal_events_without_uid_stay_two_and_a_resent_report_adds_none():
    events = [ct_event(1, 100, uid=False), ct_event(1, 100, uid=False)]
    first = report(ct_total(200), *events)
    again = report(ct_total(200), *events, number=2, at="110000")

    exam = assessed(first, again)

    assert exam.totals["dlp_mgycm"] == pytest.approx(200)
    assert "EVENT_WITHOUT_UID" in found(exam)


def test_both_planes_of_one_event_count():
    exam = assessed(report(xray_total("0.0005"), *biplane("0.0003", "0.0002")))

    assert exam.totals["dap_gycm2"] == pytest.approx(5.0)
    assert "EVENT_CONFLICT" not in found(exam)


def test_headers_beside_a_report_that_names_their_event_add_nothing():
    header = image(
        1,
        "DX",
        IrradiationEventUID="2.25.1.6.1",
        ImageAndFluoroscopyAreaDoseProduct="5",
    )

    exam = assessed(report(xray_total("0.00005"), xray_event(1, "0.00005")), header)

    assert exam.totals["dap_gycm2"] == pytest.approx(0.5)
    assert "EVENT_NOT_IN_REPORT" not in found(exam)


def test_headers_without_event_uid_beside_a_report_add_nothing():
    header = image(1, "DX", ImageAndFluoroscopyAreaDoseProduct="5")

    exam = assessed(report(xray_total("0.00005"), xray_event(1, "0.00005")), header)

    assert exam.totals["dap_gycm2"] == pytest.approx(0.5)


def test_an_image_of_an_event_that_the_report_does_not_name_is_counted_and_said():
    header = image(
        1,
        "DX",
        IrradiationEventUID="2.25.1.6.2",
        ImageAndFluoroscopyAreaDoseProduct="5",
    )

    exam = assessed(report(xray_total("0.00005"), xray_event(1, "0.00005")), header)

    assert exam.totals["dap_gycm2"] == pytest.approx(1.0)
    assert "EVENT_NOT_IN_REPORT" in found(exam)


def test_a_localizer_that_the_report_leaves_out_is_said_and_leaves_the_dose_known():
    header = image(1, "CT", IrradiationEventUID="2.25.1.7.9", CTDIvol=0.1, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"])  # fmt: skip

    exam = assessed(part(1, 100, ONE), header)

    assert exam.totals["dlp_mgycm"] == pytest.approx(100)
    assert "LOCALIZER_NOT_IN_REPORT" in found(exam)


def test_ct_images_of_an_event_that_the_report_does_not_name_leave_the_dose_unknown():
    exam = assessed(part(1, 100, ONE), image(1, "CT", IrradiationEventUID="2.25.1.7.9", CTDIvol=10.0))  # fmt: skip

    assert exam.totals["dlp_mgycm"] is None
    assert "EVENT_NOT_IN_REPORT" in found(exam)


def test_an_image_made_from_several_events_of_the_report_adds_nothing():
    both = ["2.25.1.7.1", "2.25.1.7.2"]
    header = image(1, "CT", IrradiationEventUID=both, CTDIvol=10.0)

    exam = assessed(part(1, 250, ONE, TWO), header)

    assert exam.totals["dlp_mgycm"] == pytest.approx(250)
    assert not exam.unknown


def test_a_second_injection_that_the_report_does_not_name_is_counted():
    one = report(administration(1, 100), title="113500", sop_class=PHARMA_SR)
    same, other = injected(1, "PT", 100e6), injected(2, "PT", 150e6)
    for header, uid in ((same, "2.25.1.4.1"), (other, "2.25.1.4.2")):
        header.RadiopharmaceuticalInformationSequence[0].RadiopharmaceuticalAdministrationEventUID = uid  # fmt: skip

    assert assessed(one, same).totals["activity_mbq"] == pytest.approx(100)
    exam = assessed(one, same, other)
    assert exam.totals["activity_mbq"] == pytest.approx(250)
    assert "EVENT_NOT_IN_REPORT" in found(exam)


def test_raw_and_processed_image_of_one_exposure_count_once():
    said = {"IrradiationEventUID": "2.25.1.6.1", "ImageAndFluoroscopyAreaDoseProduct": "5"}  # fmt: skip

    exam = assessed(image(1, "DX", **said), image(2, "DX", **said))

    assert exam.totals["dap_gycm2"] == pytest.approx(0.5)


def test_raw_and_processed_image_without_uid_are_told_by_their_time():
    said = {"AcquisitionDateTime": "20260302100000", "ImageAndFluoroscopyAreaDoseProduct": "5"}  # fmt: skip

    exam = assessed(image(1, "DX", **said), image(2, "DX", **said))

    assert exam.totals["dap_gycm2"] == pytest.approx(0.5)
    assert len(exam.events) == 1


def test_two_images_that_nothing_tells_apart_are_two_exposures_and_said():
    said = {"ImageAndFluoroscopyAreaDoseProduct": "5"}

    exam = assessed(image(1, "DX", **said), image(2, "DX", **said))

    assert exam.totals["dap_gycm2"] == pytest.approx(1.0)
    assert "EVENT_WITHOUT_UID" in found(exam)


def untimed(number: int, dose: int):
    header = injected(number, "NM", dose)
    del header.RadiopharmaceuticalInformationSequence[0].RadiopharmaceuticalStartDateTime  # fmt: skip
    return header


def test_an_injection_without_a_time_counts_once_and_is_said():
    exam = assessed(untimed(1, 320), untimed(2, 320))

    assert exam.totals["activity_mbq"] == pytest.approx(320)
    assert "EVENT_WITHOUT_UID" in found(exam)


def test_two_injections_of_different_activity_both_count():
    exam = assessed(untimed(1, 320), untimed(2, 800))

    assert exam.totals["activity_mbq"] == pytest.approx(1120)


@pytest.mark.parametrize(
    ("activity", "total", "says"),
    [
        (250e6, 250, "SAME_ADMINISTRATION"),
        (251e6, 250, "SAME_ADMINISTRATION"),
        (100e6, 350, "EVENT_NOT_IN_REPORT"),
    ],
)
def test_siemens_pet_names_one_injection_by_two_uids(activity, total, says):
    one = report(administration(1, 250), title="113500", sop_class=PHARMA_SR)
    header = injected(1, "PT", activity)
    header.RadiopharmaceuticalInformationSequence[0].RadiopharmaceuticalAdministrationEventUID = "2.25.1.4.9"  # fmt: skip

    exam = assessed(one, header)

    assert exam.totals["activity_mbq"] == pytest.approx(total)
    assert says in found(exam)


def test_an_injection_of_another_tracer_counts_though_its_activity_is_the_same():
    one = report(
        administration(
            1, 250, agent=("96390006", "SCT", "Technetium Tc^99m^ medronate")
        ),
        title="113500",
        sop_class=PHARMA_SR,
    )
    header = injected(1, "PT", 250e6)
    header.RadiopharmaceuticalInformationSequence[0].RadiopharmaceuticalAdministrationEventUID = "2.25.1.4.9"  # fmt: skip

    exam = assessed(one, header)

    assert exam.totals["activity_mbq"] == pytest.approx(500)


def test_one_injection_heads_many_images_and_counts_once():
    exam = assessed(*(injected(n, "PT", 250e6) for n in range(5)))

    assert exam.totals["activity_mbq"] == pytest.approx(250)
