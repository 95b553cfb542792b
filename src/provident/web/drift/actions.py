"""The only writer of charts and alarms."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from provident import qc as quality
from provident.kernel import Clock, InvalidInput, Refused
from provident.plan.models.reading_watch import Monitor
from provident.reading.alarms import ALARM, AlarmState
from provident.reading.drift import LineState
from provident.web.drift import notes, selectors
from provident.web.drift.boards import Drawn, stored
from provident.web.drift.measured import counts
from provident.web.drift.models import Alarm, Run
from provident.web.ledger.record import SYSTEM, record
from provident.web.people.access import Thing, check
from provident.web.people.actions import actor, sign
from provident.web.people.models import Membership
from provident.web.qc.actions import open_action, tell
from provident.web.readers.actions import hold, lift
from provident.web.readers.selectors import open_holds
from provident.web.studies.models import Study
from provident.web.studies.plans import plan_in_force, version_in_force


DUE_WITHIN = 10  # working days for a retraining; a person may move it


@transaction.atomic
def keep(*, study: Study, drawn: Drawn, clock: Clock) -> Run:
    """Keep the charts of a design and raise what they show, once while an alarm lasts; the plan's actions follow.

    The same reads are charted once: a job that runs again keeps nothing twice.
    """
    total = sum(drawn.counts.values())
    run, new = Run.objects.get_or_create(
        study=study, design=drawn.design, reads=total,
        defaults={
            "plan_version": version_in_force(study).version, "counts": drawn.counts, "seed": drawn.seed,
            "boards": stored(drawn.boards), "at": clock.now(),
        },
    )  # fmt: skip
    if not new:
        return run
    raised = [_raise(run, *found, clock) for found in _signals(study, drawn)]
    record(
        clock=clock, by=SYSTEM, study=study.slug, action="alarm.charted", thing="design", thing_id=drawn.design,
        new={"reads": total, "charts": run.pk, "alarms": [a.pk for a in raised]},
    )  # fmt: skip
    return run


def _signals(study: Study, drawn: Drawn) -> Iterable[tuple[int, str, int]]:
    """Reader, chart and read of each signal that no open alarm tells of yet."""
    lasting = selectors.open_alarms(study, drawn.design)
    for board in drawn.boards:
        for line in board.lines:
            found = (int(line.reader), board.of.value)
            if line.state is LineState.SIGNAL and found not in lasting:
                yield *found, line.at


def _raise(run: Run, reader: int, chart: str, at_read: int, clock: Clock) -> Alarm:
    made = Alarm.objects.create(
        study=run.study, design=run.design, reader_id=reader, chart=chart, run=run, at_read=at_read, follows=[],
        raised_at=clock.now(),
    )  # fmt: skip
    monitor = plan_in_force(run.study).reading[run.design].monitor
    made.follows = _follow(made, monitor, clock) if monitor else []
    made.save(update_fields=["follows"])
    record(
        clock=clock, by=SYSTEM, study=run.study.slug, action="alarm.raised", thing="alarm", thing_id=str(made.pk),
        new={"endpoint": run.design, "reader": made.reader.code, "chart": chart, "follows": [f["do"] for f in made.follows]},
    )  # fmt: skip
    return made


# -- what the plan wants done


def _follow(alarm: Alarm, monitor: Monitor, clock: Clock) -> list[dict[str, Any]]:
    """Do what the plan says, in its order, and say of each what became of it.

    The leads are told of every alarm: one that nobody hears of holds a reader for ever.
    """
    wanted = list(dict.fromkeys([*monitor.on_alarm, "notify"]))
    made = []
    for do in wanted:
        match do:
            case "hold" | "requalify":
                told = _hold(alarm, clock, requalify="requalify" in wanted)
            case "retrain":
                told = _retrain(alarm, clock)
            case _:
                told = _notify(alarm, clock)
        made.append({"do": do, **told})
    return made


def _hold(alarm: Alarm, clock: Clock, *, requalify: bool) -> dict[str, Any]:
    made = hold(
        reader=alarm.reader, design=alarm.design, why=notes.HELD.format(alarm=alarm.pk), by=SYSTEM, clock=clock,
        requalify=requalify,
    )  # fmt: skip
    words = "The reader gets no new case of this read design"
    until = "until a test set is passed again" if requalify else "until the alarm is closed"  # fmt: skip
    return {"done": True, "words": f"{words} {until}.", "hold": made.pk}


def _notify(alarm: Alarm, clock: Clock) -> dict[str, Any]:
    told = [m for m in selectors.leads(alarm.study) if m.user_id != alarm.reader.user_id]  # fmt: skip
    tell(note=notes.raised(alarm.pk, alarm.study.slug), to=told, clock=clock)
    return {"done": bool(told), "words": f"Told to {len(told)} who watch the readers." if told else "Nobody watches the readers of this study: give somebody the role."}  # fmt: skip


def _retrain(alarm: Alarm, clock: Clock) -> dict[str, Any]:
    due = quality.working_days_after(clock.now().date(), DUE_WITHIN)
    made = open_action(
        study=alarm.study, kind="retraining", what=notes.RETRAINING.format(alarm=alarm.pk), due_on=due, by=None,
        clock=clock,
    )  # fmt: skip
    return {"done": True, "words": f"A retraining is open as action {made.pk}.", "action": made.pk}  # fmt: skip


# -- what people do


@transaction.atomic
def acknowledge(*, alarm: Alarm, by: Membership, clock: Clock) -> None:
    """Take an alarm on.

    Raises:
        Refused: it was taken on already, or it is about oneself.
    """
    _check(alarm, AlarmState.ACKNOWLEDGED, by)
    alarm.state, alarm.acknowledged_by = AlarmState.ACKNOWLEDGED, by
    alarm.acknowledged_at = clock.now()
    alarm.save(update_fields=["state", "acknowledged_by", "acknowledged_at"])
    _event("acknowledged", alarm, by, clock)


@transaction.atomic
def act(*, alarm: Alarm, action: str, by: Membership, clock: Clock) -> None:
    """Write down what was done about an alarm.

    Raises:
        InvalidInput: nothing is said.
        Refused: it was not taken on, or it is about oneself.
    """
    _check(alarm, AlarmState.ACTED, by)
    if not action.strip():
        raise InvalidInput("Say what was done about the alarm.")
    alarm.state, alarm.action = AlarmState.ACTED, action.strip()
    alarm.acted_by, alarm.acted_at = by, clock.now()
    alarm.save(update_fields=["state", "action", "acted_by", "acted_at"])
    _event("acted", alarm, by, clock, action=alarm.action)


@transaction.atomic
def close(
    *, alarm: Alarm, false_alarm: bool, reason: str, password: str, by: Membership, clock: Clock
) -> None:  # fmt: skip
    """Close an alarm, signed with the reason: its hold ends, and the reader's chart begins anew with their next read.

    Raises:
        InvalidInput: no reason.
        Refused: the state does not allow it, a real alarm was not acted on, its reader has not passed the test set
            again that the plan asks for, or it is about oneself.
        Denied: the password is wrong.
    """
    _check(alarm, AlarmState.CLOSED, by)
    if not reason.strip():
        raise InvalidInput("Say why the alarm can be closed.")
    if not false_alarm and alarm.state != AlarmState.ACTED:
        raise Refused("An alarm that was no false one is closed once something was done about it.")  # fmt: skip
    held = _hold_of(alarm)
    if held is not None and held.requalify and not false_alarm:
        raise Refused("The reader passes the test set again first, as the plan asks; that lifts the hold.")  # fmt: skip
    content = {"alarm": alarm.pk, "false_alarm": false_alarm, "reason": reason, "action": alarm.action}  # fmt: skip
    meaning = "I close this as a false alarm" if false_alarm else "The reader reads as planned again"  # fmt: skip
    signature = sign(
        membership=by, password=password, meaning=meaning, thing="alarm", thing_id=str(alarm.pk), content=content,
        clock=clock,
    )  # fmt: skip
    alarm.state, alarm.false_alarm, alarm.reason = AlarmState.CLOSED, false_alarm, reason.strip()  # fmt: skip
    alarm.signature, alarm.closed_at = signature, clock.now()
    alarm.reads_at_close = counts(alarm.study, alarm.design).get(str(alarm.reader_id), 0)  # fmt: skip
    alarm.save()
    if held is not None:
        lift(hold=held, reason=f"Alarm {alarm.pk} is closed: {alarm.reason}", by=by, clock=clock)  # fmt: skip
    _event("closed", alarm, by, clock, reason=alarm.reason, signature=signature.pk, false_alarm=false_alarm)  # fmt: skip


def _hold_of(alarm: Alarm) -> Any:
    """The hold that came of an alarm, while it lasts."""
    numbers = [f["hold"] for f in alarm.follows if "hold" in f]
    return open_holds(alarm.reader, alarm.design).filter(pk__in=numbers).first()


def _check(alarm: Alarm, to: AlarmState, by: Membership) -> None:
    check(by, "act", Thing.DRIFT)
    if alarm.reader.user_id == by.user_id:
        raise Refused("Nobody judges an alarm on their own reads: ask a colleague.")
    ALARM.check_move(AlarmState(alarm.state), to)


def _event(
    name: str, alarm: Alarm, by: Membership, clock: Clock, reason: str = "", **new: object
) -> None:  # fmt: skip
    record(
        clock=clock, by=actor(by), study=alarm.study.slug, action=f"alarm.{name}", thing="alarm",
        thing_id=str(alarm.pk), new={"endpoint": alarm.design, **new}, reason=reason,
    )  # fmt: skip
