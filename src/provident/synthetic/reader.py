"""Readers who do not exist: they see the truth through their own bias, noise and drift."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from provident.kernel import InvalidInput
from provident.synthetic.truth import BONES, JOINTS, HandTruth


Answers = dict[str, int | str]
RAMRIS_ROWS: Mapping[str, tuple[str, ...]] = {"bones": BONES, "joints": JOINTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A reader with habits.

    `bias` is the mean error of a reader at work on one site, in points of the 0 to 10 scale; `noise`
    its standard deviation; `drift` what bias gains with every 100 reads. Sites that look healthy are
    seldom called ill: the errors there are a quarter as large. `not_visible` is the share of sites
    answered with the code `nv`.
    """

    seed: int
    bias: float = 0.0
    noise: float = 0.5
    drift: float = 0.0
    not_visible: float = 0.0

    def __post_init__(self) -> None:
        if self.noise < 0 or not 0 <= self.not_visible < 1:
            raise InvalidInput(
                "a reader's noise must not be negative, and not_visible lies in 0 to 1"
            )

    def read(
        self,
        truth: HandTruth,
        *,
        case: int,
        read_number: int = 0,
        rows: Mapping[str, Sequence[str]] = RAMRIS_ROWS,
    ) -> Answers:
        """The answers to a RAMRIS form with the grids `bones` (ero, ost) and `joints` (syn).

        The same reader, case and read number give the same answers; another number is another read
        of the case. When everything looks normal only the gate is answered, which implies the zeros.
        """
        rng = np.random.default_rng([self.seed, case, read_number])
        bias = self.bias + self.drift * read_number / 100
        cells: Answers = {}
        for row in rows.get("bones", ()):
            cells[f"bones.{row}.ero"] = self._score(
                truth.erosion.get(row, 0), 10, bias, rng
            )
            cells[f"bones.{row}.ost"] = self._score(
                truth.osteitis.get(row, 0), 3, bias, rng
            )
        for row in rows.get("joints", ()):
            cells[f"joints.{row}.syn"] = self._score(
                truth.synovitis.get(row, 0), 3, bias, rng
            )
        if all(value == 0 for value in cells.values()):
            return {"normal": 1}
        return {"normal": 0, **cells}

    def read_at_scan(
        self, truth: HandTruth, other: HandTruth, *, case: int, read_number: int = 0, rows: Sequence[str],
    ) -> Answers:  # fmt: skip
        """A sonographer's answers to a grid `joints` (grey, doppler) with rows such as `r_mcp2`.

        `truth` is the right hand, `other` the left; joints that the model does not have are healthy.
        """
        rng = np.random.default_rng([self.seed, case, read_number, 1])
        bias = self.bias + self.drift * read_number / 100
        cells: Answers = {}
        for row in rows:
            grade = _ultrasound_grade(truth if row.startswith("r_") else other, row[2:])
            cells[f"joints.{row}.grey"] = self._score(grade, 3, bias, rng)
            cells[f"joints.{row}.doppler"] = self._score(
                max(grade - 1, 0), 3, bias, rng
            )
        if all(value == 0 for value in cells.values()):
            return {"normal": 1}
        return {"normal": 0, **cells}

    def _score(
        self, true: int, most: int, bias: float, rng: np.random.Generator
    ) -> int | str:
        unseen, error = rng.random(), rng.standard_normal()
        if unseen < self.not_visible:
            return "nv"
        # A short scale has fewer points to be wrong by.
        scale = (1.0 if most > 3 else 0.5) * (1.0 if true else 0.25)
        return int(
            np.clip(np.rint(true + scale * (bias + self.noise * error)), 0, most)
        )


def _ultrasound_grade(hand: HandTruth, joint: str) -> int:
    if joint == "wrist":
        return max(
            hand.synovitis.get(j, 0) for j in ("radiocarpal", "intercarpal", "druj")
        )
    return hand.synovitis.get(joint, 0)
