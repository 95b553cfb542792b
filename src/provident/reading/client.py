"""A case as the reading room's browser gets it, and nothing that the reader must not see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provident.forms import Answers
from provident.kernel import InvalidInput
from provident.reading.cases import Labels, to_labels
from provident.reading.design import HIDDEN_WORDS, ReadDesign
from provident.reading.hanging import hang_json, presets_json
from provident.reading.scrub import check_blinded
from provident.reading.stages import Stage, StageKind, open_keys, stages
from provident.reading.visibility import SeenRead


AUTO = {"name": "Auto", "window": None, "level": None}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownSeries:
    """One series of one time point: its role in the plan, how people call it, its image addresses."""

    role: str
    label: str
    images: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What surrounds a case on the reader's screen."""

    token: str
    study: str
    number: int
    of: int
    minutes_left: int | None
    role: str
    phase: str
    version: int


def client_case(
    design: ReadDesign,
    desk: Desk,
    labels: Labels,
    series: Mapping[str, Sequence[ShownSeries]],
    *,
    answers: Mapping[str, Answers],
    measurements: Sequence[Mapping[str, Any]] = (),
    presets: Sequence[Mapping[str, Any]] = (AUTO,),
    stage: Stage | None = None,
    prior: Sequence[Mapping[str, Any]] = (),
    signers: Sequence[str] = (),
    may_report: Sequence[str] = (),
    adjudication: Mapping[str, Any] | None = None,
    forbidden: Mapping[str, Iterable[str]],
) -> dict[str, Any]:
    """The JSON of `GET /read/api/case/<token>` (docs/explanation/architecture.md).

    `series` and `answers` are by visit; visits leave the server as labels only.
    Of a case with stages only the time points that `stage` shows are sent, in its order.
    `forbidden` are the words that would unblind this reader, by kind (see `check_blinded`).

    Raises:
        InvalidInput: series of a visit that the case does not have.
        BlindingLeak: a forbidden word was about to be sent.
    """
    known = {visit for _, visit in labels}
    if not set(series) <= known:
        raise InvalidInput("series were given for a visit that is not of this case")
    every, labels = labels, _shown(labels, stage)
    series = {visit: series[visit] for _, visit in labels if visit in series}
    payload = {
        "token": desk.token,
        "study": desk.study,
        "number": desk.number,
        "of": desk.of,
        "minutes_left": desk.minutes_left,
        "blind_to": _blind_to(design, stage),
        "role": desk.role,
        "phase": desk.phase,
        "timepoints": [
            {"label": label, "series": _series(design, label, series.get(visit, ()))}
            for label, visit in labels
        ],
        "layout": _layout(design, labels, series),
        "hang": hang_json(design.hang if labels else None, [n for n, _ in labels]),
        "presets": [*map(dict, presets), *presets_json(design.hang)],
        "form": design.form.as_client(),
        "prefixed": len(every) > 1,
        "stage": _stage_json(design, every, stage),
        "prior": [dict(one) for one in prior],
        "signers": list(signers),
        "may_report": list(may_report),
        "answers": to_labels(every, answers),
        "measurements": [dict(m) for m in measurements],
        "version": desk.version,
        "adjudication": dict(adjudication) if adjudication else None,
    }
    # The hanging protocols are the plan's own and the same for every case.
    varying = {**payload, "adjudication": _varying(adjudication), "hang": None}
    check_blinded(varying, forbidden)
    return payload


def _shown(labels: Labels, stage: Stage | None) -> Labels:
    if stage is None:
        return labels
    visits = dict(labels)
    return tuple((name, visits[name]) for name in stage.shown)


def _blind_to(design: ReadDesign, stage: Stage | None) -> list[str]:
    """A global read is made in the true order of the time points, which it no longer hides."""
    told = stage is not None and stage.kind is StageKind.GLOBAL
    order = HIDDEN_WORDS["visit_order"]
    return [words for words in design.blind_to if not (told and words == order)]


def _stage_json(
    design: ReadDesign, labels: Labels, stage: Stage | None
) -> dict[str, Any] | None:
    if stage is None or stage.of == 1:
        return None
    before = [s for s in stages(design, labels) if s.number < stage.number]
    return {
        "number": stage.number,
        "of": stage.of,
        "kind": str(stage.kind),
        "labels": list(stage.open),
        "locked": [name for s in before for name in s.open],
        "may_change": list(open_keys(design, labels, stage)),
    }


def _varying(adjudication: Mapping[str, Any] | None) -> dict[str, Any]:
    """What of an adjudication belongs to the case; its reasons are ids of the plan, known to all."""
    return {k: v for k, v in (adjudication or {}).items() if k != "reasons"}


def adjudication_json(
    labels: Labels,
    seen: Sequence[SeenRead],
    reasons: Sequence[str],
    *,
    measurements: Sequence[Sequence[Mapping[str, Any]]] = ((), ()),
    choice: str | None = None,
    why: str = "",
) -> dict[str, Any]:
    """What an adjudicator who chooses is shown: the two reads without names, and why they differ.

    `seen` and `measurements` are in the order that was drawn; `choice` and `why` are a draft's.
    """
    return {
        "how": "choose",
        "reads": [
            {
                "choice": str(number),
                "label": f"Read {number}",
                "answers": to_labels(
                    labels, {v: e.answers for v, e in shown.read.visits.items()}
                ),
                "measurements": [dict(m) for m in drawn],
            }
            for number, (shown, drawn) in enumerate(
                zip(seen, measurements, strict=True), 1
            )
        ],
        "reasons": list(reasons),
        "choice": choice,
        "reason": why,
    }


def _series(
    design: ReadDesign, label: str, given: Sequence[ShownSeries]
) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{label}.{one.role}",
            "role": one.role,
            "label": one.label,
            "images": list(one.images),
        }
        for one in sorted(given, key=lambda s: _rank(design, s.role))
    ]


def _rank(design: ReadDesign, role: str) -> tuple[int, str]:
    known = role in design.show
    return design.show.index(role) if known else len(design.show), role


def _layout(
    design: ReadDesign, labels: Labels, series: Mapping[str, Sequence[ShownSeries]]
) -> list[list[str]]:
    """A row for each series role, a column for each time point."""
    roles = {one.role for shown in series.values() for one in shown}
    return [
        [
            f"{label}.{role}"
            for label, visit in labels
            if any(one.role == role for one in series.get(visit, ()))
        ]
        for role in sorted(roles, key=lambda r: _rank(design, r))
        if not design.show or role in design.show
    ]
