"""Participants who do not exist, with the course of their disease by arm and visit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from provident.kernel import InvalidInput
from provident.synthetic.people import Patient, patients
from provident.synthetic.truth import BONES, JOINTS, HandTruth


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """One made-up participant: who it is, where, in which arm, and the truth at each visit."""

    number: int  # from 1, in order of enrolment
    patient: Patient
    site: str
    arm: str
    truth: Mapping[str, HandTruth]  # of the right hand, by visit
    other: Mapping[str, HandTruth]  # of the left hand


# How often a site is ill at baseline in early arthritis: knuckles and the middle of the wrist lead.
_OFTEN = {"capitate": 1.5, "lunate": 1.6, "triquetrum": 1.3, "ulna": 1.2, "head2": 1.7, "head3": 1.5, "scaphoid": 1.2}  # fmt: skip
# The joint whose inflammation eats into a bone.
_NEXT_TO = {"radius": "radiocarpal", "ulna": "druj", "scaphoid": "radiocarpal", "lunate": "radiocarpal", "triquetrum": "radiocarpal"}  # fmt: skip


def study(
    *,
    seed: int,
    participants: int,
    effects: Mapping[str, float],
    sites: Mapping[str, int],
    visits: Mapping[str, int],
) -> Iterator[Participant]:
    """Participants in order of enrolment, always the same for the same arguments.

    `effects`: by arm, the share of inflammation that treatment takes away within a year (0 to 1).
    `sites`: by site id, its weight in recruitment. `visits`: by visit id, its day from baseline.
    Arms are balanced in permuted blocks of twice their number.
    """
    _check(participants, effects, sites, visits)
    rng = np.random.default_rng([seed, 2])
    weights = np.array(list(sites.values()), float)
    arms: list[str] = []
    for number, patient in enumerate(patients(seed, participants), start=1):
        if not arms:
            arms = [str(a) for a in rng.permutation(list(effects) * 2)]
        site = list(sites)[int(rng.choice(len(weights), p=weights / weights.sum()))]
        arm = arms.pop()
        yield Participant(
            number=number,
            patient=patient,
            site=site,
            arm=arm,
            truth=_course(
                np.random.default_rng([seed, 3, number]), effects[arm], visits
            ),
            other=_course(
                np.random.default_rng([seed, 4, number]), effects[arm], visits, 0.6
            ),
        )


def _check(
    participants: int, effects: Mapping[str, float], sites: Mapping[str, int], visits: Mapping[str, int],
) -> None:  # fmt: skip
    if participants < 1 or not effects or not sites or not visits:
        raise InvalidInput("a study needs participants, arms, sites and visits")
    if any(not 0 <= e <= 1 for e in effects.values()):
        raise InvalidInput("an arm's effect is a share and lies in 0 to 1")
    if any(w <= 0 for w in sites.values()):
        raise InvalidInput("a site's weight in recruitment must be above 0")


def _course(
    rng: np.random.Generator, effect: float, visits: Mapping[str, int], severity: float = 1.0
) -> dict[str, HandTruth]:  # fmt: skip
    """Truth at each visit: inflammation falls with treatment, erosion only ever grows with it."""
    illness = severity * (0.3 + float(rng.gamma(2.6, 0.36)))
    joint = {j: min(float(rng.gamma(1.1, 0.95)) * illness, 3.2) for j in JOINTS}
    bone = {b: _bone_start(rng, b, joint, illness) for b in BONES}
    eroded = {b: _eroded_start(rng, b, illness) for b in BONES}
    speed = {b: float(rng.gamma(1.5, 0.8)) for b in BONES}
    # Nobody's disease stands still: the share left after a year varies between people.
    left = float(np.clip(1.0 - effect + rng.normal(-0.05, 0.15), 0.05, 1.3))
    found, last = {}, 0.0
    for visit, day in sorted(visits.items(), key=lambda v: v[1]):
        now = left ** (1 - np.exp(-max(day, 0) / 120))
        years = max(day - last, 0) / 365
        for b in BONES:
            eroded[b] = min(eroded[b] + speed[b] * bone[b] * now * years, 10.0)
        last = max(day, 0)
        found[visit] = HandTruth(
            erosion=_whole(eroded, 10),
            osteitis=_whole({b: v * now for b, v in bone.items()}, 3),
            synovitis=_whole({j: v * now**0.8 for j, v in joint.items()}, 3),
        )
    return found


def _bone_start(
    rng: np.random.Generator, bone: str, joints: Mapping[str, float], illness: float
) -> float:  # fmt: skip
    """Osteitis at baseline: rare, commoner beside an inflamed joint."""
    near = joints[_joint_of(bone)]
    chance = min(0.16 * _OFTEN.get(bone, 0.7) * (0.4 + near), 0.85)
    return (
        float(rng.uniform(0.5, 2.2)) * min(illness, 1.6)
        if rng.random() < chance
        else 0.0
    )


def _joint_of(bone: str) -> str:
    if bone.startswith(("head", "phalanx")):
        return f"mcp{bone[-1]}"
    return _NEXT_TO.get(bone, "intercarpal")


def _eroded_start(rng: np.random.Generator, bone: str, illness: float) -> float:
    """Erosion at baseline: in some bones, small; those that the disease likes come first."""
    if rng.random() < min(0.15 * _OFTEN.get(bone, 0.7) * illness, 0.8):
        return 0.5 + float(rng.gamma(1.3, 0.9))
    return 0.0


def _whole(values: Mapping[str, float], most: int) -> dict[str, int]:
    return {
        site: round(min(v, most)) for site, v in values.items() if round(min(v, most))
    }


def totals(course: Sequence[HandTruth]) -> list[tuple[int, int, int]]:
    """Erosion, osteitis and synovitis totals of each truth, for tables and tests."""
    return [(t.erosion_total, t.osteitis_total, t.synovitis_total) for t in course]
