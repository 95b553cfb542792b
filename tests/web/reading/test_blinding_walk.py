"""Everything that a reader, an adjudicator and a lead reader can fetch, walked through for what would unblind them.

Participants, sites, visits, dates, arms, others' answers, adjudications, verdicts, names, original UIDs and the facts of
hidden repeats are planted as strings that nothing else has. The walk takes every address of the platform with every
name that exists (own and others' tokens, all keys), in GET and POST, and looks through words, headers, cookies, bytes,
DICOM elements and messages. That it would find them is shown by taking protections away one by one.
"""

from __future__ import annotations

import io
import json
import re

import pydicom
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from provident import reading
from provident.kernel.ids import new_token
from provident.web.reading.models import (
    Assignment,
    Case,
    CaseSeries,
    Draft,
    FinalValue,
)
from tests.web.reading.test_flow import of, sign  # noqa: F401  # the fixture
from tests.web.reading.walking import Fetched, Walk, leaks, shape, take, walk


pytestmark = pytest.mark.django_db
DESIGN = "synovitis_change"
ROOM = r"^read/|/reading$"


@pytest.fixture
def second(site, study, make_exam, clock, by):
    """Another site's participant whose case is ready too."""
    from datetime import date

    from provident.web.participants.actions import enrol
    from provident.web.reading import actions, copies, selectors
    from provident.web.studies.plans import plan_in_force

    consent = dict.fromkeys(plan_in_force(study).consent.options, True)
    who = enrol(site=study.sites.get(code="york"), anchor_on=date(2026, 4, 14), consent=consent, by=by, clock=clock)  # fmt: skip
    make_exam(who, "baseline")
    made = actions.prepare_cases(exam=make_exam(who, "week24"), clock=clock)
    case = next(c for c in made if c.design == DESIGN)
    rows = [copies.make(row) for row in selectors.case_series(case)]
    return actions.store_copies(case=case, copies=rows, clock=clock)


@pytest.fixture
def planted(drawn, second, people, study, make_member, sign, clock):  # noqa: F811
    """A study in which all that must stay hidden is there: returns what was planted, by kind."""
    from provident.web.reading import actions

    people["lena"] = make_member("reading_lead", username="lena")
    _name(people)
    actions.draw(study=study, endpoint=DESIGN, by=people["tm"], clock=clock, seed=9)
    for who in ("ben", "ana"):
        saved = {"display": {"rendering": "zq-other-display"}} if who == "ben" else {}
        sign(drawn, people[who], {"baseline": 3, "week24": 0 if who == "ben" else 3}, saved=saved)  # fmt: skip
    drawing = {"id": "zq-other-drawing", "kind": "length", "value": 73519.25, "points": []}  # fmt: skip
    Draft.objects.filter(assignment__reader=people["ben"]).update(measurements=[drawing])  # fmt: skip
    actions.release_to_adjudication(case=Case.objects.get(pk=drawn.pk), reason="zq-adjudication-reason", by=people["tm"], clock=clock)  # fmt: skip
    repeat = make_repeat(drawn, people["ana"], clock)
    FinalValue.objects.create(
        case=drawn, visit="week24", variable="zq-final", value=86422.125, rule="zq-final-rule", reads=[], at=clock.now()
    )  # fmt: skip
    _surroundings(study)
    _alarm(study, people, clock)
    return _hints(study, people, repeat)


def _name(people):
    for name, member in people.items():
        member.user.name, member.user.email = f"Zq{name} Person", f"zq{name}@example.org"  # fmt: skip
        member.user.save()
        member.code = f"code-{name}"
        member.save()


def make_repeat(case, reader, clock):
    """The same images again for the same reader, as a case of its own with copies of its own."""
    from provident.web.reading import copies

    first = of(case, reader)
    again = Case.objects.create(
        study=case.study, design=case.design, plan_version=case.plan_version, purpose="repeat", source=case,
        key="zq-repeat-key", visits=case.visits, state="open", created_at=clock.now(), changed_at=clock.now(),
    )  # fmt: skip
    for row in case.series.all():
        CaseSeries.objects.create(case=again, visit=row.visit, role=row.role, series=row.series)  # fmt: skip
    for row in again.series.all():
        made = copies.make(row)
        CaseSeries.objects.filter(pk=row.pk).update(copy=made.images, manifest_sha256=made.manifest_sha256)  # fmt: skip
    last = Assignment.objects.filter(reader=reader).order_by("-position").first()
    return Assignment.objects.create(
        case=again, design=case.design, reader=reader, role="primary", seat=1, occasion=2, position=last.position + 1,
        labels=first.labels, token=new_token(), state="assigned",
    )  # fmt: skip


def _surroundings(study):
    """Verdicts, arms and notes of the exams, as the study's other people see them."""
    from provident.web.exams.models import Exam
    from provident.web.participants.models import Participant

    Participant.objects.update(arm="zq-arm-control")
    for exam in Exam.objects.all():
        exam.verdict = {**exam.verdict, "sentence": "zq-verdict"}
        exam.save()


def _alarm(study, people, clock):
    """Charts with a line for each reader, and an alarm on ana."""
    from provident.web.drift.models import Alarm, Run

    lines = [
        {"reader": str(people[name].pk), "state": "signal", "reads": 25, "first": 1, "values": [value] * 3, "centre": [0.0] * 3,
         "lower": [-1.0] * 3, "upper": [1.0] * 3, "signals": [0], "needed": 0}
        for name, value in (("ana", 731_000.0), ("ben", 917_000.0))
    ]  # fmt: skip
    boards = [{"of": "bias", "kind": "ewma", "lines": lines, "operating": None, "remark": ""}]  # fmt: skip
    run = Run.objects.create(
        study=study, design=DESIGN, plan_version="1", counts={}, reads=50, seed=1, boards=boards, at=clock.now()
    )  # fmt: skip
    Alarm.objects.create(study=study, design=DESIGN, reader=people["ana"], chart="bias", run=run, at_read=1, follows=[], raised_at=clock.now())  # fmt: skip


def _hints(study, people, repeat):
    from provident.web.exams.models import Exam, Series
    from provident.web.participants.models import Participant
    from provident.web.studies.plans import plan_in_force

    plan = plan_in_force(study)
    days = set(Exam.objects.values_list("acquired_on", flat=True))
    return {
        "participant": list(Participant.objects.values_list("code", flat=True)),
        "site": [*plan.sites.sites, *(s.name for s in plan.sites.sites.values())],
        "visit": [v for v in plan.study.visits if len(v) > 4]
        + [v.label for v in plan.study.visits.values() if v.label],
        "date": sorted({form for day in days for form in reading.date_forms(day)}),
        "arm": [*(str(w) for w in plan.study.arms.values()), "zq-arm"],
        "other answers": ["zq-other-drawing", "73519.25", "zq-other-display"],
        "adjudication": ["zq-adjudication", "86422.125", "zq-final"],
        "quality": ["zq-verdict"],
        "repeat": ["zq-repeat", '"occasion"', '"purpose"', "bridging"],
        "images": [
            *Exam.objects.values_list("uid", flat=True),
            *Series.objects.values_list("uid", flat=True),
            "test/2.25",
        ],
        "chart": ["7.31e+05", "9.17e+05", "731000", "917000", "731,000"],
        "person": ["zqben", "zqada", "zqlena", "zqana", "zqtm"],
    }


@pytest.fixture
def known(planted, study):
    """Every name that exists, for the parts of addresses."""
    from provident.web.participants.models import Participant
    from tests.web.reading.walking import numbers

    images = [i["name"] for row in CaseSeries.objects.all() for i in row.copy]
    return {
        "study": [study.slug],
        "number": [str(n) for n in numbers()],
        "token": [*Assignment.objects.values_list("token", flat=True), "a" * 32],
        "name": [*images, "study.yaml", "0" * 32],
        "code": [*Participant.objects.values_list("code", flat=True), "leeds"],
        "endpoint": [DESIGN, "none"],
        "form": ["csv", "pdf", "json"],
        "kind": ["imaging_manual", "reading_charter"],
        "key": ["consideration:reading.methods"],
        "domain": ["reading"],
        "phantom": ["acr_mri"],
        "exam": ["hands_mri"],
        "digest": ["0" * 64],
        "other": ["zzz"],
    }  # fmt: skip


ALSO = (
    "/", "/nothing", "/s/arthur-2/nothing", "/s/other-study/", "/read/nothing", "/read/api/case/", "/static/nothing.js",
    "/s/arthur-2/reading?sort=participant&page=9&format=csv", "/read/api/next?token=zzz", "/s/arthur-2/?format=csv",
)  # fmt: skip


def walked(client, known, only="", also=ALSO) -> Walk:
    client.raise_request_exception = False
    return walk(client, known, only, also)


def blind(planted, *, own="", sees=()):
    """The hints for one person: not their own name, and not what their role is there to see."""
    return {
        kind: [w for w in words if not own or w != f"zq{own}"]
        for kind, words in planted.items()
        if kind not in sees
    }


def without_title(study):
    """Everybody knows what the study is called, and which plan words describe it to all."""

    def said(answer: Fetched, text: str) -> str:
        return text.replace(study.title, "")

    return said


@pytest.mark.slow
@pytest.mark.parametrize("who", ["ana", "ada", "lena"])
def test_nothing_that_can_be_fetched_tells(
    who, planted, known, people, as_member, study
):
    found = walked(as_member(people[who]), known)

    # The lead is there to see the charts, and admits readers by their names; nobody else is.
    hints = blind(planted, own=who, sees=("chart",) if who == "lena" else ())
    told = leaks(found, hints, without_title(study))
    if who == "lena":
        told = [t for t in told if not re.search(r"/readers/(standing|again|holds).* tells person", t)]  # fmt: skip
    assert told == [], "\n".join(told)
    assert len({a.path for a in found.answers}) > 200
    assert {200, 302, 403, 404, 405} <= {a.status for a in found.answers}


def test_the_walk_takes_every_address_of_the_platform(planted, known):
    from tests.web.reading.walking import addresses, patterns

    tried = [paths for paths in addresses(known) if paths]

    assert len(tried) == len([w for w, _ in patterns() if not w.endswith("logout")])


def test_the_walk_reaches_what_a_reader_may_fetch(planted, known, people, as_member):
    found = walked(as_member(people["ana"]), known, ROOM)

    opened = [a for a in found.at("/read/api/case/") if a.status == 200]
    images = [a for a in found.answers if a.is_dicom]
    own = Assignment.objects.filter(reader=people["ana"])
    assert {a.path.split("/")[4] for a in opened} == {a.token for a in own}
    # Once a case is signed its images are not sent again: what was read stays read.
    to_read = [a for a in own if a.submitted_at is None]
    assert 0 < len(to_read) < own.count()
    assert len({a.path for a in images}) == sum(len(r.copy) for a in to_read for r in a.case.series.all())  # fmt: skip


def test_a_lead_who_reads_finds_no_line_of_their_own(
    planted, known, people, study, client, clock, by
):
    from provident.web.people.access import Role
    from provident.web.people.actions import give_role

    lead = give_role(user=people["ana"].user, study=study, role=Role.READING_LEAD, by=by, clock=clock)  # fmt: skip
    found = walked(_as(client, lead), known, r"readers/|^s/<slug:study>/$")

    # With two readers the other's bias is one's own turned round: neither line is there, nor the alarm.
    assert leaks(found, {"chart": planted["chart"]}) == []
    assert {a.status for a in found.at("/readers/watch")} >= {200}
    assert {a.status for a in found.at("/readers/alarms/")} == {404, 405} or {a.status for a in found.at("/readers/alarms/")} == {404}  # fmt: skip


def _as(client, member):
    client.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[f"role:{member.study.slug}"] = member.pk
    session.save()
    return client


def test_messages_tell_nothing(planted, people, study, clock, settings, mailoutbox):
    from provident.web.drift import notes
    from provident.web.qc.actions import tell
    from provident.web.qc.models import Message
    from provident.web.qc.tasks import send_messages

    settings.MAIL = "smtp://localhost"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    blind_ones = [people[n] for n in ("ana", "ada", "lena")]
    tell(note=notes.raised(1, study.slug), to=blind_ones, clock=clock)
    send_messages(str(study.pk))

    assert _told_by_mail(planted, Message.objects.filter(to__in=blind_ones), mailoutbox) == []  # fmt: skip
    assert len(mailoutbox) == 3


def _told_by_mail(planted, messages, mails):
    texts = [f"{m.subject} {m.text}" for m in messages]
    texts += [f"{m.subject} {m.body}" for m in mails]
    texts += [" ".join(f"{k}: {v}" for k, v in m.extra_headers.items()) for m in mails]
    hints = {w for kind, words in planted.items() if kind != "person" for w in words}
    return [w for w in hints for text in texts if w.lower() in text.lower()]


# -- what a shape would tell: a repeat is like a first


@pytest.fixture
def pair(planted, drawn, people):
    """Ana's first read of a case and its repeat, both unsigned so that their states are alike."""
    first = of(drawn, people["ana"])
    again = Assignment.objects.get(reader=people["ana"], occasion=2)
    Assignment.objects.filter(pk=first.pk).update(state="assigned", submitted_at=None)
    Draft.objects.filter(assignment=first).delete()
    return first, again


def told_apart(client, pair) -> list[str]:
    """Everything by which the answers about a first read and its repeat differ in more than their opaque names."""
    first, again = (_everything(client, a) for a in pair)
    found = []
    for what in first:
        if what.startswith("apart"):
            if set(first[what]) & set(again[what]):
                found.append(f"{what}: the same in both")
        elif first[what] != again[what]:
            found.append(f"{what}: {first[what]} and {again[what]}")
    return found


def _everything(client, assignment) -> dict[str, object]:
    prefetch = {"X-Purpose": "prefetch"}
    address = f"/read/api/case/{assignment.token}"
    with CaptureQueriesContext(
        connection,
    ) as queries:
        case = take(client, "get", address, headers=prefetch)
    body = json.loads(case.body)
    names = [i for t in body["timepoints"] for s in t["series"] for i in s["images"]]
    images = [take(client, "get", name) for name in names]
    room = take(client, "get", f"/read/room/{assignment.token}")
    sets = [pydicom.dcmread(io.BytesIO(i.body)) for i in images]
    row = _row(client, assignment)
    return {
        "token": (
            len(assignment.token),
            bool(re.fullmatch(r"[\w-]+", assignment.token)),
        ),
        "case": shape({k: v for k, v in body.items() if k != "minutes_left"}),
        "blind": body["blind_to"],
        "case size": len(case.body) - len(str(body["number"])),
        "queries": len(queries),
        "headers": [_headers(a) for a in (case, room, *images)],
        "image names": [len(n) for n in names],
        "image sizes": [round(len(i.body) / 64) for i in images],
        "tags": [[str(e.tag) for e in ds] for ds in sets],
        "room": len(room.body) - len(room.headers.get("Content-Length", "")),
        "worklist": row,
        "apart: addresses of images": [n.rsplit("/", 1)[1] for n in names],
        "apart: UIDs": [
            str(e.value)
            for ds in sets
            for e in ds
            if e.VR == "UI" and str(e.value).startswith("2.25.")
        ],
    }


def _headers(answer: Fetched) -> dict[str, str]:
    """All headers; of lengths only that there is one, of a nonce nothing."""
    told = {**answer.headers, "Content-Length": "there" if "Content-Length" in answer.headers else ""}  # fmt: skip
    told["Content-Security-Policy"] = re.sub(r"'nonce-[^']+'", "nonce", told.get("Content-Security-Policy", ""))  # fmt: skip
    return told


def _row(client, assignment) -> str:
    page = take(client, "get", f"/s/{assignment.case.study.slug}/reading").body.decode()
    rows = [r for r in re.findall(r"<tr>.*?</tr>", page, re.S) if assignment.token in r]
    return re.sub(r"\d+", "N", rows[0].replace(assignment.token, "T"))


def test_a_repeat_looks_like_a_first_read(pair, as_member, people):
    assert told_apart(as_member(people["ana"]), pair) == []


def test_nothing_of_the_room_has_a_tag_or_a_date_of_its_content(pair, as_member, people):  # fmt: skip
    client = as_member(people["ana"])
    for assignment in pair:
        case = take(client, "get", f"/read/api/case/{assignment.token}")
        name = json.loads(case.body)["timepoints"][0]["series"][0]["images"][0]
        for answer in (case, take(client, "get", name)):
            assert not {"ETag", "Last-Modified", "Content-Disposition", "X-Accel-Redirect"} & set(answer.headers)  # fmt: skip


def test_the_order_of_a_list_is_the_order_of_its_positions_alone(pair, as_member, people):  # fmt: skip
    page = take(as_member(people["ana"]), "get", "/s/arthur-2/reading").body.decode()
    rows = Assignment.objects.filter(reader=people["ana"]).order_by("design", "position")  # fmt: skip

    assert re.findall(r"/read/room/([\w-]+)\"", page.split("<tbody>")[1]) == [a.token for a in rows]  # fmt: skip
    assert re.findall(r"<td><b>(\d+)</b>", page) == [str(n) for n in range(1, len(rows) + 1)]  # fmt: skip


def test_an_error_of_the_program_tells_nothing(planted, people, as_member, known, monkeypatch):  # fmt: skip
    monkeypatch.setattr("provident.web.reading.presenters.client_case", _breaks)

    found = walked(as_member(people["ana"]), known, r"^read/api/case/<str:token>$", ())

    assert 500 in {a.status for a in found.answers}
    assert leaks(found, blind(planted, own="ana")) == []


def _breaks(assignment):
    raise RuntimeError(f"zq-verdict of {assignment.case.key} L-101")


# -- would the walk find it? One protection after the other is taken away


def _open_all_tokens(monkeypatch, **_):
    """Whose a token is, is not asked."""
    from provident.web.reading import selectors

    def anybody(user, token):
        rows = Assignment.objects.select_related("case__study", "case__participant__site", "reader__user", "draft")  # fmt: skip
        found = rows.filter(token=token).first()
        return found if found else selectors.Assignment.objects.get(pk=-1)

    monkeypatch.setattr(selectors, "assignment_of", anybody)
    monkeypatch.setattr(selectors, "reader_membership", lambda user, a: a.reader)
    monkeypatch.setattr("provident.web.reading.presenters.forbidden", lambda a: {})
    Assignment.objects.filter(draft__isnull=False).update(submitted_at=None, state="open")  # fmt: skip


def _grant_the_ledger(monkeypatch, **_):
    """A cell of the access table that should not be there."""
    from provident.web.people import access

    row = {**access.TABLE[access.Role.READER], access.Thing.EVENT: access.TABLE[access.Role.TRIAL_MANAGER][access.Thing.EVENT]}  # fmt: skip
    monkeypatch.setitem(access.TABLE, access.Role.READER, row)


def _grant_the_exams(monkeypatch, **_):
    """Another one: the exams with their verdicts."""
    from provident.web.people import access

    row = {**access.TABLE[access.Role.READER], access.Thing.EXAM: access.TABLE[access.Role.TRIAL_MANAGER][access.Thing.EXAM]}  # fmt: skip
    monkeypatch.setitem(access.TABLE, access.Role.READER, row)


def _name_visits(monkeypatch, **_):
    """Time points keep their own names, and nobody looks through the payload."""
    for one in Assignment.objects.all():
        one.labels = [[visit, visit] for _, visit in one.labels]
        one.save()
    monkeypatch.setattr("provident.reading.client.check_blinded", lambda *a, **k: None)


def _copy_more_tags(monkeypatch, people, **_):
    """Copies are made with a tag that is on no list."""
    from provident.programme import reading_copy
    from provident.web.reading import copies

    monkeypatch.setattr(reading_copy, "COPIED", (*reading_copy.COPIED, "InstitutionName", "StudyDate"))  # fmt: skip
    monkeypatch.setattr(
        copies, "_key", lambda: b"another key, so that copies are made anew"
    )
    for row in CaseSeries.objects.all():
        made = copies.make(row)
        CaseSeries.objects.filter(pk=row.pk).update(copy=made.images)


def _debug(monkeypatch, settings, **_):
    """The program's own page of an error."""
    settings.DEBUG = True
    monkeypatch.setattr("provident.web.reading.presenters.client_case", _breaks)


def _show_own_charts(monkeypatch, people, study, clock, by, **_):
    """Nothing is kept from a lead who reads."""
    from provident.web.drift import selectors
    from provident.web.people.access import Role
    from provident.web.people.actions import give_role

    give_role(user=people["ana"].user, study=study, role=Role.READING_LEAD, by=by, clock=clock)  # fmt: skip
    monkeypatch.setattr(selectors.Veil, "hides", lambda self, chart, reader: False)


TAKEN_AWAY = {
    "whose a token is": (_open_all_tokens, ROOM, "other answers"),
    "the ledger's cell": (_grant_the_ledger, r"/ledger", "participant"),
    "the exams' cell": (_grant_the_exams, r"/exams/<int:pk>$", "quality"),
    "the labels": (_name_visits, ROOM, "visit"),
    "the list of tags": (_copy_more_tags, ROOM, "site"),
    "the plain error page": (_debug, ROOM, "quality"),
    "the lead's veil": (_show_own_charts, r"readers/", "chart"),
}


@pytest.mark.slow
@pytest.mark.parametrize("which", TAKEN_AWAY)
def test_a_protection_that_is_taken_away_is_missed(
    which, planted, known, people, study, client, clock, by, monkeypatch, settings
):
    take_away, only, kind = TAKEN_AWAY[which]
    member = people["ana"]

    take_away(monkeypatch=monkeypatch, people=people, study=study, clock=clock, by=by, settings=settings)  # fmt: skip

    known["name"] = [row.copy[0]["name"] for row in CaseSeries.objects.all()]
    lead = study.memberships.filter(user=member.user, role="reading_lead").first()
    found = walked(_as(client, lead or member), known, only, ())
    assert leaks(found, {kind: planted[kind]}, without_title(study)) != []


def _share_copies(pair, **_):
    """A repeat is shown the first one's copies."""
    for mine, other in zip(pair[1].case.series.all(), pair[0].case.series.all(), strict=True):  # fmt: skip
        CaseSeries.objects.filter(pk=mine.pk).update(copy=other.copy)


def _tag_content(settings, **_):
    """Answers carry a digest of their content, which is the same for the same pixels under the same names."""
    settings.MIDDLEWARE = ["django.middleware.http.ConditionalGetMiddleware", *settings.MIDDLEWARE]  # fmt: skip


def _longer_tokens(pair, **_):
    Assignment.objects.filter(pk=pair[1].pk).update(token=new_token(40))
    pair[1].refresh_from_db()


def _say_occasion(monkeypatch, **_):
    from provident.web.reading import api, presenters

    whole = presenters.client_case

    def more(assignment):
        return {**whole(assignment), **({"again": True} if assignment.occasion > 1 else {})}  # fmt: skip

    monkeypatch.setattr(api.presenters, "client_case", more)


@pytest.mark.parametrize(
    "take_away", [_share_copies, _tag_content, _longer_tokens, _say_occasion]
)
def test_a_repeat_that_can_be_told_apart_is_noticed(
    take_away, pair, client, people, monkeypatch, settings
):
    take_away(pair=pair, monkeypatch=monkeypatch, settings=settings)

    assert told_apart(_as(client, people["ana"]), pair) != []
