"""What the quality programme holds in the pages' journeys: draws, image measures, late queries, actions of all states."""

from __future__ import annotations

from datetime import timedelta


QUIET = {"because": "", "note": "", "details": {}, "frames": []}
LONG = (
    "First-time compliance is 67 % of 12 exams (95 % interval 39 to 86 %); the plan acts at < 70 %. "
    "Four exams of the same scanner came with the echo time of another study's protocol, and twice the coil was noted wrongly. "
) * 3  # fmt: skip


def measures(now) -> None:
    """Image measures of every series with a role, the newest far from the others."""
    from provident.web.exams.models import Series
    from provident.web.qc.models import SeriesMeasures

    for n, series in enumerate(Series.objects.exclude(role="").order_by("pk")):
        odd = series.exam_id == 67
        rows = [
            {"name": "snr", "value": 21.0 if odd else 48 + n % 7, **QUIET},
            {"name": "ghosting", "value": 1.2 + n % 5 / 10, **QUIET},
            {"name": "snr_background", "value": None, **QUIET, "because": "the background was set to zero"},
        ]  # fmt: skip
        SeriesMeasures.objects.create(series=series, manifest_sha256="", measures=rows, cpu_seconds=0.31, at=now)  # fmt: skip


def stack() -> None:
    """Three images of the first series of exam 67, for the slider."""
    import json

    from provident.web.exams.models import Series
    from provident.web.exams.objects import object_store
    from tests.web.conftest import small_image

    rows = []
    for number in (1, 2, 3):
        key = f"stack/{number}.dcm"
        object_store().create(key, small_image(number, position=3 * number))
        rows.append({"sop_uid": str(number), "key": key, "sha256": "", "size": 1})
    object_store().create("stack/manifest.json", json.dumps({"instances": rows}).encode())  # fmt: skip
    first = Series.objects.filter(exam_id=67).order_by("number").first()
    Series.objects.filter(pk=first.pk).update(instances=3, manifest_key="stack/manifest.json")  # fmt: skip


def selections(now) -> None:
    """A draw for every judged exam."""
    from provident.kernel import FixedClock
    from provident.web.exams.models import Exam
    from provident.web.qc.actions import choose
    from provident.web.qc.drawing import draw
    from provident.web.qc.selectors import in_pilot
    from provident.web.studies.plans import plan_of

    for exam in Exam.objects.select_related("plan", "study", "participant__site"):
        of = plan_of(exam.plan)
        drawn = draw(of.quality, seed=exam.plan.hash, uid=exam.uid, outcome=exam.outcome, in_pilot=in_pilot(exam, of))  # fmt: skip
        choose(exam=exam, draw=drawn, clock=FixedClock(now))


def programme(version, now) -> None:
    """Actions: one overdue and long, one of nobody, one to check, one closed."""
    from provident.kernel import FixedClock
    from provident.web.people.models import Membership
    from provident.web.qc import actions

    clock, early = FixedClock(now), FixedClock(now - timedelta(days=40))
    quinn, mary = (Membership.objects.get(study=version.study, user__username=u) for u in ("quinn", "mary"))  # fmt: skip
    site = version.study.sites.first()

    def opened(what, days, owner=None, at=clock, trigger=""):
        return actions.open_action(
            study=version.study, kind="corrective", what=what, due_on=(now + timedelta(days=days)).date(), site=site,
            owner=owner, by=None if trigger else mary, trigger=trigger, clock=at,
        )  # fmt: skip

    opened(LONG, -12, at=early, trigger="first_time_compliance acts")
    opened("Agree with the scanner's staff on a protocol name that nobody can mistake.", 9, quinn)  # fmt: skip
    for effective in (False, True):
        done = opened("Delete the old protocol at the scanner.", 5, quinn)
        actions.finish(action=done, root_cause="Two protocols of one name", done="The old one is deleted.", by=quinn, clock=clock)  # fmt: skip
        if effective:
            actions.check_effect(action=done, effective=True, effect="Ten exams later none was wrong.", by=mary, password="correct horse battery", clock=clock)  # fmt: skip
    measures(now)
    selections(now)
    stack()
