"""Scores that a person gives a series: each named by the plan, each from the plan's own scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def missing_scores(
    scales: Mapping[str, Sequence[str]],
    roles: Sequence[str],
    scores: Mapping[str, Mapping[str, str]],
) -> list[str]:
    """What is not scored, or not from the scale, in words; empty when all is there.

    Args:
        scales: score id -> allowed values (quality.yaml `human.score`).
        roles: series roles of the exam that are to be scored.
        scores: series role -> score id -> value.
    """
    said = []
    for role in roles:
        for score, scale in scales.items():
            value = scores.get(role, {}).get(score)
            if value is None:
                said.append(f"{role}: {score.replace('_', ' ')} is not scored")
            elif value not in scale:
                said.append(
                    f"{role}: {score.replace('_', ' ')} {value!r} is not one of {', '.join(scale)}"
                )
    return said
