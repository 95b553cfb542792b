"""The files of a plan from a ZIP archive that somebody uploads, and in one that somebody takes away."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import PurePosixPath

from provident.kernel import InvalidInput
from provident.plan.load import ATTACHMENTS


SUFFIXES = ATTACHMENTS | {".yaml", ".yml"}
LARGEST = 8 * 2**20  # bytes, unpacked
MOST = 500  # files
STUDY = "study.yaml"


def plan_files(data: bytes) -> dict[str, bytes]:
    """The plan's files by path from the folder that study.yaml is in; nothing is written to disk.

    Raises:
        InvalidInput: it is no archive, has no study.yaml or more than one, or is larger than a plan can be.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return _below_study(dict(_unpacked(archive)))
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ):
        # RuntimeError: the archive is locked with a password.
        raise InvalidInput(
            "That is no ZIP archive that can be opened. Compress the plan's folder without a password and choose the ZIP."
        ) from None


def zipped(files: Mapping[str, bytes], folder: str) -> bytes:
    """A plan's folder as a ZIP archive, the same bytes for the same files."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(files.items()):
            # A fixed day: the archive tells what the plan is, not when it was made.
            info = zipfile.ZipInfo(f"{folder}/{name}", (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()


def _unpacked(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    names = [i for i in archive.infolist() if _is_part(i.filename)]
    left = LARGEST
    if len(names) > MOST:
        raise InvalidInput(
            f"The archive has more than {MOST} files; compress the plan's folder alone."
        )
    for info in names:
        with archive.open(info) as stream:
            # Not the size that the archive tells: it may lie.
            content = stream.read(left + 1)
        left -= len(content)
        if left < 0:
            raise InvalidInput(
                f"The plan is larger than {LARGEST // 2**20} MB; compress the plan's folder alone."
            )
        yield info.filename, content


def _is_part(name: str) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__")) for part in path.parts)
    return path.suffix.lower() in SUFFIXES and not hidden and not path.is_absolute()


def _below_study(files: dict[str, bytes]) -> dict[str, bytes]:
    roots = {
        str(PurePosixPath(n).parent) for n in files if PurePosixPath(n).name == STUDY
    }
    if len(roots) != 1:
        raise InvalidInput(
            "The archive has no study.yaml: compress the folder of the plan."
            if not roots
            else "The archive has more than one study.yaml: compress the folder of one plan."
        )
    root = PurePosixPath(roots.pop())
    return {
        PurePosixPath(name).relative_to(root).as_posix(): content
        for name, content in files.items()
        if PurePosixPath(name).is_relative_to(root)
    }
