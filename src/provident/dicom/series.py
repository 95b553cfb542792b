"""Series facts: one pass over headers, nothing read from pixels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from pydicom.dataset import Dataset

from provident.dicom import derive, values
from provident.dicom.extract import extract
from provident.dicom.facts import Fact, SeriesFacts
from provident.dicom.frames import Instance, instance
from provident.dicom.geometry import Frame
from provident.dicom.mend import mend
from provident.dicom.special import (
    acquired,
    number,
    phase_sign,
    siemens_protocol,
    special,
    text,
)
from provident.dicom.tally import Tally
from provident.dicom.vendors import maker as maker_of


STUDY, SERIES, SOP, MODALITY, MAKER = (
    0x0020000D, 0x0020000E, 0x00080018, 0x00080060, 0x00080070,
)  # fmt: skip


_COILS = (
    "sCoilSelectMeas.aRxCoilSelectData[0].asList[0].sCoilElementID.tCoilID",
    "asCoilSelectMeas[0].asList[0].sCoilElementID.tCoilID",
)


def series_facts(headers: Iterable[tuple[str, Dataset]]) -> list[SeriesFacts]:
    """What the headers say of each series, in the order in which series first come.

    Headers may come in any order and from several exams; each is let go of before the next
    is asked for, so that memory does not grow with the size of a header. An instance that
    comes twice (one SOP Instance UID) counts once.

    Args:
        headers: a name (of a file, or a UID) and what `read_header` gave for it.
    """
    building: dict[tuple[str, str], _Series] = {}
    for name, header in headers:
        key = (text(header, STUDY), text(header, SERIES))
        if key not in building:
            building[key] = _Series(
                *key, modality=text(header, MODALITY), make=text(header, MAKER)
            )
        building[key].add(name, header)
    return [series.facts() for series in building.values()]


@dataclass(slots=True)
class _Series:
    """A series while its headers pass by."""

    study_uid: str
    uid: str
    modality: str
    make: str
    tally: Tally = field(default_factory=Tally)
    frames: list[Frame] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    files: int = 0
    images: int = 0
    first: tuple[datetime, str] | None = None
    weighting_source: str | None = None
    declared: int | None = None
    phase: Counter[tuple[int, str] | None] = field(default_factory=Counter)
    starts: dict[int, datetime] = field(default_factory=dict)
    protocol: dict[str, Fact] = field(default_factory=dict)

    def add(self, name: str, header: Dataset) -> None:
        sop = text(header, SOP) or name
        if sop in self.seen:
            return
        self.seen.add(sop)
        maker = maker_of(self.make)
        split = instance(header, maker, self.files)
        self.files += 1
        self.images += max(len(split.overlays), split.declared_frames)
        self.frames.extend(split.frames)
        extract(split, self.modality, maker, self.tally)
        special(header, split, self.modality, maker, self.tally)
        self._note_weighting(split)
        self._note_time(header, split)
        if self.modality == "MR":
            self.phase.update(
                phase_sign(image, maker) or phase_sign(split.base, maker)
                for image in split.overlays or (split.base,)
            )
        if self.files == 1 and self.modality == "MR":
            self._first_of_mr(header, maker)
        if split.tile:
            self._note_tile(split)

    def _note_weighting(self, split: Instance) -> None:
        if self.weighting_source is None:
            self.weighting_source = next((w[2] for w in split.weightings if w), None)

    def _note_time(self, header: Dataset, split: Instance) -> None:
        at = acquired(header)
        for n, frame in enumerate(split.frames):
            own = (acquired(split.overlays[n]) if split.overlays else None) or at
            if frame.time is not None and own is not None:
                before = self.starts.get(frame.time)
                self.starts[frame.time] = min(before, own[0]) if before else own[0]
        if at is not None and (self.first is None or at[0] < self.first[0]):
            self.first = at

    def _note_tile(self, split: Instance) -> None:
        """A mosaic's rows and columns are those of one slice."""
        for name, size in zip(("rows", "columns"), split.tile or (), strict=True):
            self.tally.seen.pop(name, None)
            self.tally.add(name, size, "tile of a Siemens mosaic", self.files)

    def _first_of_mr(self, header: Dataset, maker: str) -> None:
        """What the maker writes once for the whole protocol is read from the first image."""
        self.declared = planned_slices(header, maker)
        if maker == "SIEMENS":
            self._siemens(header)
        elif maker == "PHILIPS":
            self._philips(header)

    def _siemens(self, header: Dataset) -> None:
        protocol = siemens_protocol(header)
        size = protocol.get("sSliceArray.lSize", "")
        if size.isdigit() and text(header, 0x00180023) != "3D":
            self.declared = int(size)
        source = "MrPhoenixProtocol of (0029,xx20) SIEMENS CSA HEADER"
        coil = next((protocol[name] for name in _COILS if name in protocol), "")
        if coil and not text(header, 0x00181250):
            self.protocol["coil"] = derive.fact(
                "coil", coil, source, "first coil selected"
            )
        factor = protocol.get("sPat.lAccelFactPE", "")
        if factor.isdigit():
            self.protocol["acceleration"] = derive.fact(
                "acceleration", int(factor), source, "as in the protocol"
            )

    def _philips(self, header: Dataset) -> None:
        tag = values.private(header, 0x2005, "Philips MR Imaging DD 005", 0x0F)
        for item in values.items(header, tag)[:1] if tag is not None else ():
            source = "(2005,xx0F) Philips MR Imaging DD 005"
            factor, name = number(item, 0x00189069), text(item, 0x00189005)
            if factor is not None:
                self.protocol["acceleration"] = derive.fact(
                    "acceleration", factor, source, "as written"
                )
            if name:
                self.protocol["sequence_name"] = derive.fact(
                    "sequence_name", name, source, "as written"
                )

    def facts(self) -> SeriesFacts:
        facts, absent = self.tally.facts(), self.tally.absent()
        self._add_own(facts, absent)
        derive.field_of_view(facts, absent)
        original = "ORIGINAL" in str(
            facts["image_type"].value if "image_type" in facts else ""
        )
        derive.from_positions(
            self.frames, facts, absent, self.declared if original else None
        )
        if self.modality == "MR":
            derive.temporal_positions(self.frames, facts)
            derive.volume_interval(self.starts, facts, absent)
            derive.phase(self.frames, self.phase, facts, absent)
        if self.modality == "MR":
            derive.from_weightings(self.frames, self.weighting_source, facts, absent)
        mend(facts, self.modality)
        return SeriesFacts(
            uid=self.uid,
            study_uid=self.study_uid,
            modality=self.modality,
            manufacturer=self.make,
            model=_word(facts.get("model")),
            files=self.files,
            frames=self.images,
            facts=dict(sorted(facts.items())),
            absent={k: v for k, v in sorted(absent.items()) if k not in facts},
        )

    def _add_own(self, facts: dict[str, Fact], absent: dict[str, str]) -> None:
        facts["images"] = derive.fact("images", self.files, "the instances", "counted")
        if self.first is not None:
            at, source = self.first
            facts["acquired_at"] = derive.fact(
                "acquired_at", at.isoformat(), source, "earliest of the series"
            )
        else:
            absent["acquired_at"] = "no image has a readable date and time"
        for name, found in self.protocol.items():
            if name not in facts or name == "coil":
                facts[name] = found


def _word(found: Fact | None) -> str:
    return str(found.values()[0]) if found else ""


def planned_slices(header: Dataset, maker: str) -> int | None:
    """How many slices the scanner says it made: GE and Philips in private elements."""
    where = {
        "GE": (0x0021, "GEMS_RELA_01", 0x4F, "SS"),
        "PHILIPS": (0x2001, "Philips Imaging DD 001", 0x18, "SL"),
    }.get(maker)
    if where is None:
        return None
    group, creator, offset, vr = where
    tag = values.private(header, group, creator, offset)
    found = values.numbers(header, tag, vr) if tag is not None else None
    return int(found[0]) if isinstance(found, tuple) and found[0] > 0 else None
