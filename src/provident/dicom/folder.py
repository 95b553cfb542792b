"""Go through a file or a folder: headers of what is DICOM, and a list of what is not."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pydicom.dataset import Dataset

from provident.dicom.reading import NotReadable, read_header
from provident.dicom.series import SERIES, STUDY
from provident.dicom.special import text
from provident.dicom.wholeness import Integrity, header_and_integrity
from provident.kernel import InvalidInput


DIRECTORY_RECORDS = 0x00041220
DAMAGED = frozenset(
    ("empty", "truncated_header", "broken", "too_large", "not_readable")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A file without a usable header; `reason` is `reading.Reason`, or `directory` for a DICOMDIR."""

    file: str
    reason: str

    @property
    def damaged(self) -> bool:
        """Whether the file may have been an image: all but other formats and directories."""
        return self.reason in DAMAGED

    def as_json(self) -> dict[str, str]:
        """File and reason."""
        return {"file": self.file, "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class CutShort:
    """An image whose pixels are not all there."""

    file: str
    study_uid: str
    series_uid: str
    words: str


@dataclass(slots=True)
class Folder:
    """The files below a path. `unread` and `cut_short` fill while `headers` is gone through."""

    path: Path
    unread: list[Unread] = field(default_factory=list)
    cut_short: list[CutShort] = field(default_factory=list)

    def files(self) -> list[Path]:
        """Every file, in order of its path; hidden ones left out.

        Raises:
            InvalidInput: there is nothing at the path.
        """
        if self.path.is_file():
            return [self.path]
        if not self.path.is_dir():
            raise InvalidInput(
                f"There is no file or folder {self.path.name}. Check the path."
            )
        return sorted(
            file
            for file in self.path.rglob("*")
            if file.is_file() and not _hidden(file.relative_to(self.path))
        )

    def headers(
        self, *, only: Collection[int] | None = None, pixels: bool = False
    ) -> Iterator[tuple[str, Dataset]]:
        """The name (relative to the path) and header of each instance; `pixels` looks for their end too."""
        for file in self.files():
            name = file.name if file == self.path else str(file.relative_to(self.path))
            try:
                header, found = (
                    header_and_integrity(file, only=only)
                    if pixels
                    else (read_header(file, only=only), None)
                )
            except NotReadable as error:
                self.unread.append(Unread(file=name, reason=error.reason))
                continue
            if DIRECTORY_RECORDS in header:
                self.unread.append(Unread(file=name, reason="directory"))
                continue
            self._check_pixels(name, header, found)
            yield name, header

    def _check_pixels(
        self, name: str, header: Dataset, found: Integrity | None
    ) -> None:
        if found is not None and found.state == "truncated":
            self.cut_short.append(
                CutShort(
                    file=name,
                    study_uid=text(header, STUDY),
                    series_uid=text(header, SERIES),
                    words=found.words,
                )
            )


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
