"""Making the exams of a rehearsal: synthetic scans as the plan's scanners would send them, in processes of their own."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import shutil
import signal
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from provident.kernel import InvalidInput
from provident.plan import Plan
from provident.plan.quantities import convert
from provident.programme import window_days
from provident.rehearsal.happenings import Scan
from provident.rehearsal.people import habits


if TYPE_CHECKING:
    import numpy as np
    from pydicom import Dataset

    from provident.synthetic import Exam, HandTruth, Patient, Scanner
    from provident.synthetic import Participant as Someone

JOINTS = (
    "mcp2",
)  # of an ultrasound; each clip costs half a second of looking for text
FRAMES = 3
NOISE = 1
"""Seed of the pictures' noise. De-identification takes the noise of one MRI in fifty for letters and holds the image; with
this seed it does so in none of the demo's."""
EFFECTS = {0: 0.65, 1: 0.1}
"""Share of inflammation that goes within a year, by the arm's place in the plan."""


Scores = Mapping[str, Mapping[str, int]]
"""A `HandTruth` as plain dictionaries, which can be sent to another process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One exam to be made: everything that a process of its own needs."""

    scan: Scan
    patient: Patient
    truth: Scores
    other: Scores
    scanner: Scanner
    roles: tuple[str, ...]  # of the series of an MRI at this visit
    seed: tuple[
        int, ...
    ]  # of whom, when and what it is, so that the pictures do not depend on the day
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An exam that was made: its files, and what its images look like (SHA-256 of their pixels)."""

    scan: Scan
    folder: Path
    files: int
    looks: frozenset[str]


class Studio:
    """Makes the exams of a timeline ahead of time; `take` waits for one."""

    def __init__(
        self, plan: Plan, scans: Sequence[Scan], *, participants: int, seed: int, folder: Path, workers: int = 1
    ) -> None:  # fmt: skip
        self._plan = plan
        self._people = _everybody(plan, participants, seed)
        self._pool = ProcessPoolExecutor(
            workers, mp_context=multiprocessing.get_context("spawn"), initializer=_modest
        )  # fmt: skip
        self._folder = folder
        self._orders: dict[Scan, Future[Made]] = {
            scan: self._pool.submit(make, order)
            for scan, order in zip(scans, self._orders_of(scans), strict=True)
        }

    def _orders_of(self, scans: Sequence[Scan]) -> Iterator[Order]:
        again: Counter[tuple[object, ...]] = Counter()
        for number, scan in enumerate(scans):
            key = (scan.number, scan.visit, scan.exam)
            yield self._order(scan, number, (NOISE, *_places(self._plan, scan), again[key]))  # fmt: skip
            again[key] += 1

    def _order(self, scan: Scan, number: int, seed: tuple[int, ...]) -> Order:
        someone = self._people[scan.number]
        patient = someone.patient
        if scan.code and habits(self._plan, scan.site).by_trial_number:
            patient = replace(patient, patient_id=scan.code)
        visit = scan.visit or next(iter(someone.truth))
        return Order(
            scan=scan, patient=patient, truth=_scores(someone.truth[visit]), other=_scores(someone.other[visit]),
            scanner=scanner(self._plan, scan), roles=_roles(self._plan, scan), seed=seed, folder=self._folder / f"{number:04d}",
        )  # fmt: skip

    def truth(self, number: int, visit: str) -> HandTruth:
        """What is really there, for those who read without knowing whom."""
        return self._people[number].truth[visit]

    def hospital_number(self, number: int) -> str:
        """A patient's number at the hospital."""
        return str(self._people[number].patient.patient_id)

    def take(self, scan: Scan) -> Made:
        """The exam of a scan, when it is made."""
        return self._orders[scan].result()

    def close(self) -> None:
        """Stop making, and remove what was made."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        shutil.rmtree(self._folder, ignore_errors=True)


def _places(plan: Plan, scan: Scan) -> tuple[int, int, int]:
    """Whose scan it is, at which visit of the plan (one past the last for a stranger), and which of its exams."""
    visits = [*plan.study.visits, ""]
    return scan.number, visits.index(scan.visit), list(plan.imaging).index(scan.exam)


def _scores(truth: HandTruth) -> Scores:
    return {name: dict(getattr(truth, name)) for name in ("erosion", "osteitis", "synovitis")}  # fmt: skip


def _modest() -> None:
    """A process that makes scans gives way to those that serve, leaves Ctrl-C to its parent, and ends with it."""
    os.nice(5)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def _everybody(plan: Plan, count: int, seed: int) -> Mapping[int, Someone]:
    """A made-up person for each participant, with the course of the disease; 0 is a stranger."""
    from provident import synthetic

    arms = {arm: EFFECTS.get(n, 0.3) for n, arm in enumerate(plan.study.arms)}
    middle = {v: sum(window_days(told)) // 2 for v, told in plan.study.visits.items()}
    people = synthetic.study(
        seed=seed, participants=count + 1, effects=arms,
        sites={site: told.target for site, told in plan.sites.sites.items()}, visits=middle,
    )  # fmt: skip
    found = {p.number: p for p in people}
    found[0] = found.pop(count + 1)
    return found


def scanner(plan: Plan, scan: Scan) -> Scanner:
    """The scanner of the plan's register that made a scan, as its files name it."""
    from provident.synthetic import Scanner

    told = plan.sites.scanners[scan.scanner]
    field = (
        None
        if told.field is None
        else float(convert(told.field.value, told.field.unit, "T"))
    )
    return Scanner(
        id=scan.scanner, modality=told.modality, make=told.make or "", model=told.model or "",
        software=scan.software or told.software or "", serial=told.serial or "",
        station=scan.scanner.upper().replace("_", ""), field=field if told.modality == "MR" else None,
    )  # fmt: skip


def _roles(plan: Plan, scan: Scan) -> tuple[str, ...]:
    """The series that the manual asks for at the scan's visit."""
    series = plan.imaging[scan.exam].series
    return tuple(role for role, told in series.items() if not told.at or scan.visit in told.at)  # fmt: skip


def make(order: Order) -> Made:
    """Make one exam and write its files."""
    import numpy as np

    exam = _exam(order, np.random.default_rng(order.seed))
    files = exam.write(order.folder)
    looks = frozenset(
        hashlib.sha256(ds.PixelData).hexdigest() for ds in exam if ds.Modality == "MR"
    )
    return Made(scan=order.scan, folder=order.folder, files=len(files), looks=looks)


def _exam(order: Order, rng: np.random.Generator) -> Exam:
    from provident import synthetic

    scan, faults = order.scan, order.scan.faults
    truth, other = synthetic.HandTruth(**order.truth), synthetic.HandTruth(**order.other)  # fmt: skip
    match order.scanner.modality:
        case "MR":
            return synthetic.hand_mri(
                order.patient, order.scanner, acquired=scan.acquired, truth=truth, other=other, rng=rng,
                faults=faults, roles=order.roles,
            )  # fmt: skip
        case "DX" | "CR":
            return synthetic.hand_xray(
                order.patient, order.scanner, acquired=scan.acquired, truth=truth, other=other, rng=rng,
                faults=faults,
            )  # fmt: skip
        case "US":
            return _ultrasound(order, truth, rng)
    raise InvalidInput(f"Nobody can make a synthetic scan of the modality {order.scanner.modality}.")  # fmt: skip


def _ultrasound(order: Order, truth: HandTruth, rng: np.random.Generator) -> Exam:
    """Clips as machines send them, JPEG; their captions are switched off for research, but where identity is burned in.

    A study's machines are set to that, since any text in the picture makes a person look at every clip.
    """
    from provident import synthetic
    from provident.synthetic.jpeg import compress

    exam = synthetic.joint_ultrasound(
        order.patient, order.scanner, acquired=order.scan.acquired, truth=truth, rng=rng,
        faults=order.scan.faults, joints=JOINTS, frames=FRAMES,
    )  # fmt: skip
    for ds in exam:
        if synthetic.Fault.BURNED_IN_TEXT not in order.scan.faults:
            _without_captions(ds)
        compress(ds)
    return exam


def _without_captions(ds: Dataset) -> None:
    """Black out everything around the tissue region (PS3.3 C.8.5.5)."""
    import numpy as np

    region = ds.SequenceOfUltrasoundRegions[0]
    frames = np.frombuffer(ds.PixelData, np.uint8)
    shape = (int(ds.get("NumberOfFrames", 1)), ds.Rows, ds.Columns, 3)
    shown = frames[: int(np.prod(shape))].reshape(shape)
    clean = np.zeros_like(shown)
    rows = slice(region.RegionLocationMinY0, region.RegionLocationMaxY1 + 1)
    columns = slice(region.RegionLocationMinX0, region.RegionLocationMaxX1 + 1)
    clean[:, rows, columns] = shown[:, rows, columns]
    ds.PixelData = clean.tobytes()
