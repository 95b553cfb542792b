"""A finished exam: its datasets, and the files that a site would send."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final, overload

import numpy as np
from pydicom import Dataset, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.uid import UID, ExplicitVRLittleEndian, ImplicitVRLittleEndian

from provident.synthetic.faults import Fault


IMPLEMENTATION: Final = UID("2.25.309485960192837465564738291010293847")


@dataclass(frozen=True, slots=True, eq=False)
class Exam(Sequence[Dataset]):
    """The datasets of one exam in the order they were made. Also a sequence of them.

    The datasets are whole even where the exam has the fault "truncated": `files` cuts the last one.
    """

    datasets: tuple[Dataset, ...]
    truncated: bool = False

    @overload
    def __getitem__(self, index: int) -> Dataset: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Dataset]: ...
    def __getitem__(self, index: int | slice) -> Dataset | Sequence[Dataset]:
        return self.datasets[index]

    def __len__(self) -> int:
        return len(self.datasets)

    @property
    def uid(self) -> str:
        """The Study Instance UID."""
        return str(self.datasets[0].StudyInstanceUID)

    @property
    def series(self) -> dict[str, list[Dataset]]:
        """The datasets by Series Instance UID, in order."""
        found: dict[str, list[Dataset]] = {}
        for one in self.datasets:
            found.setdefault(str(one.SeriesInstanceUID), []).append(one)
        return found

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Name and bytes of each part 10 file, as the site sends them."""
        for n, one in enumerate(self.datasets):
            content = encode(one)
            if self.truncated and n == len(self.datasets) - 1:
                content = content[: len(content) // 2]
            yield f"{one.Modality}{one.SeriesNumber:03d}_{n:04d}.dcm", content

    def write(self, folder: Path) -> list[Path]:
        """Write all files into a folder, which is made if need be."""
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for name, content in self.files():
            (folder / name).write_bytes(content)
            written.append(folder / name)
        return written


def encode(dataset: Dataset) -> bytes:
    """A part 10 file of the dataset, in the transfer syntax that its file meta names."""
    into = BytesIO()
    dcmwrite(into, dataset, enforce_file_format=True)
    return into.getvalue()


def add_file_meta(dataset: Dataset, *, implicit: bool, version: str) -> None:
    """The file meta information of PS3.10 table 7.1-1; `version` as the machine names itself."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = (
        ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    )
    meta.ImplementationClassUID = IMPLEMENTATION
    meta.ImplementationVersionName = version[:16]
    dataset.file_meta = meta


def uid(rng: np.random.Generator) -> str:
    """A UID under 2.25 (PS3.5 B.2) from the generator, so that a scan can be made again."""
    return f"2.25.{int.from_bytes(rng.bytes(16), 'big')}"


def finish(datasets: list[Dataset], faults: frozenset[Fault]) -> Exam:
    """The exam, with the faults that any kind of exam can have."""
    if Fault.DUPLICATE in faults:
        first = datasets[0]
        twin = deepcopy(first)
        pixels = bytearray(first.PixelData)
        pixels[: len(pixels) // 8] = bytes(len(pixels) // 8)
        twin.PixelData = bytes(pixels)
        datasets = [first, twin, *datasets[1:]]
    return Exam(tuple(datasets), Fault.TRUNCATED in faults)
