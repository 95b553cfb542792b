"""Blinding: what a person may see now. Pure functions; the server asks them for every answer it gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from provident.reading.design import ReadDesign
from provident.reading.lots import lot
from provident.reading.reads import Read


class Phase(IntEnum):
    """How far a case has come, as far as blinding is concerned; each includes those before."""

    READING = 1
    ADJUDICATION = 2
    FINAL = 3
    LOCKED = 4
    UNBLINDED = 5


class Thing(StrEnum):
    """What may be hidden."""

    IMAGES = "images"
    PROGRESS = "progress"
    OWN_ANSWERS = "own_answers"
    OWN_PRIOR_ANSWERS = "own_prior_answers"
    OTHER_ANSWERS = "other_answers"
    DISCORDANCE = "discordance"
    ADJUDICATION = "adjudication"
    FINAL_VALUE = "final_value"
    REPEAT = "repeat"
    ARM = "arm"
    SITE = "site"
    SCANNER = "scanner"
    DATES = "dates"
    VISIT_ORDER = "visit_order"
    AGE = "participant_age"
    SEX = "participant_sex"
    CLINICAL_DATA = "clinical_data"
    CLINICAL_REPORT = "clinical_report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Who looks: the role of the plan, its rights on the platform, and the reader's code.

    `acts_as` is one of reader, adjudicator, trial_manager, qc, site, statistician, monitor.
    """

    role: str
    acts_as: str
    reader: str | None = None


READS = frozenset({"reader", "adjudicator"})
_SCORES = frozenset(
    {Thing.OTHER_ANSWERS, Thing.ADJUDICATION, Thing.FINAL_VALUE, Thing.DISCORDANCE}
)
_ALWAYS, _NEVER_BEFORE_THE_END = Phase.READING, Phase.UNBLINDED

# The first phase in which a role sees a thing; who is not named never does.
# Readers keep their blinding to each other until everything is unblinded: what they learnt
# about one case would change how they read the next.
_FROM: Mapping[Thing, Mapping[str, Phase]] = {
    Thing.IMAGES: dict.fromkeys(
        ("reader", "adjudicator", "qc", "site", "trial_manager"), _ALWAYS
    ),
    Thing.PROGRESS: dict.fromkeys(
        ("trial_manager", "monitor", "statistician"), _ALWAYS
    ),
    Thing.OWN_ANSWERS: dict.fromkeys(READS, _ALWAYS),
    Thing.OWN_PRIOR_ANSWERS: dict.fromkeys(READS, _NEVER_BEFORE_THE_END),
    Thing.OTHER_ANSWERS: {
        "statistician": Phase.FINAL,
        "trial_manager": Phase.LOCKED,
        "monitor": Phase.LOCKED,
        **dict.fromkeys(READS, _NEVER_BEFORE_THE_END),
    },
    Thing.DISCORDANCE: {
        "trial_manager": Phase.ADJUDICATION,
        "statistician": Phase.FINAL,
        "monitor": Phase.LOCKED,
        **dict.fromkeys(READS, _NEVER_BEFORE_THE_END),
    },
    Thing.ADJUDICATION: {
        "statistician": Phase.FINAL,
        "trial_manager": Phase.LOCKED,
        "monitor": Phase.LOCKED,
        **dict.fromkeys(READS, _NEVER_BEFORE_THE_END),
    },
    Thing.FINAL_VALUE: {
        "statistician": Phase.FINAL,
        "trial_manager": Phase.LOCKED,
        "monitor": Phase.LOCKED,
        **dict.fromkeys(READS, _NEVER_BEFORE_THE_END),
    },
    Thing.REPEAT: {"statistician": _ALWAYS, "trial_manager": _ALWAYS},
    # The statistician who is not on the study's blinded list is the one who holds the arms.
    Thing.ARM: {"statistician": _ALWAYS, "trial_manager": _NEVER_BEFORE_THE_END},
}
# The surroundings of a case: known to those who run the study, and to readers unless hidden.
_SURROUNDINGS = frozenset(Thing) - frozenset(_FROM)
_RUN_THE_STUDY = frozenset({"trial_manager", "qc", "site", "statistician", "monitor"})


def may_see(design: ReadDesign, viewer: Viewer, thing: Thing, phase: Phase) -> bool:
    """Whether a person may see a thing of a case in this phase.

    The study's own list (`hidden_from`) holds for every role until unblinding.
    """
    if phase < Phase.UNBLINDED and _hidden_by_study(design, viewer, thing):
        return False
    if viewer.acts_as in READS and str(thing) in design.hide:
        if _seen_in_order_to_choose(design, viewer, thing, phase):
            return True
        return phase is Phase.UNBLINDED and _opens(thing, viewer)
    if _seen_in_order_to_choose(design, viewer, thing, phase):
        return True
    if thing is Thing.OWN_PRIOR_ANSWERS and design.own_prior_answers:
        return viewer.acts_as in READS
    if thing in _SURROUNDINGS:
        return viewer.acts_as in READS | _RUN_THE_STUDY
    first = _FROM[thing].get(viewer.acts_as)
    return first is not None and phase >= first


def _opens(thing: Thing, viewer: Viewer) -> bool:
    return thing in _SURROUNDINGS or viewer.acts_as in _FROM[thing]


def _hidden_by_study(design: ReadDesign, viewer: Viewer, thing: Thing) -> bool:
    kind = "scores" if thing in _SCORES else str(thing)
    return viewer.role in design.hidden_from.get(kind, frozenset())


def _seen_in_order_to_choose(
    design: ReadDesign, viewer: Viewer, thing: Thing, phase: Phase
) -> bool:
    """An adjudicator who chooses between two reads must see them, without names."""
    return (
        design.adjudicator_chooses
        and viewer.acts_as == "adjudicator"
        and thing in (Thing.OTHER_ANSWERS, Thing.DISCORDANCE)
        and phase is Phase.ADJUDICATION
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenRead:
    """A read as somebody may see it; `label` hides the reader where names are not for this person."""

    label: str
    read: Read


def visible_reads(
    design: ReadDesign, reads: Iterable[Read], *, viewer: Viewer, phase: Phase
) -> tuple[SeenRead, ...]:
    """The reads of one case that a person may see now, others' without their names.

    A hidden repeat is shown to nobody but its own reader and those who may know of repeats.
    """
    others = may_see(design, viewer, Thing.OTHER_ANSWERS, phase)
    repeats = may_see(design, viewer, Thing.REPEAT, phase)
    seen: list[SeenRead] = []
    shown = sorted(reads, key=lambda r: lot(0, "shown", r.case, r.id))
    for read in shown:
        own = viewer.reader is not None and read.reader == viewer.reader
        if own and may_see(design, viewer, Thing.OWN_ANSWERS, phase):
            seen.append(SeenRead(label="You", read=read))
        elif not own and others and (read.occasion == 1 or repeats):
            number = 1 + sum(s.label != "You" for s in seen)
            seen.append(SeenRead(label=f"Reader {number}", read=read))
    return tuple(seen)
