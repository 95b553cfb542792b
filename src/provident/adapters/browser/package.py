"""The archive that brings the engine into a browser: our own packages and pydicom, as they are installed here.

Made on this machine from what is installed, never from a network; the same files give the same bytes, so that its
hash names it on every page and a site can compare.
"""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path

import provident


# Removal of faces and what works on folders need more than a browser has.
_OURS = ("kernel", "deid", "dicom", "adapters/browser")
_NOT_NEEDED = frozenset({"__pycache__", "faces", "package.py"})
_PYDICOM_LEAVES_OUT = frozenset(
    {"__pycache__", "test_files", "charset_files", "palettes", "cli", "sr"}
)
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP archive can tell


@dataclass(frozen=True, slots=True)
class Package:
    """The archive and its SHA-256 in hexadecimal."""

    data: bytes
    sha256: str

    @property
    def integrity(self) -> str:
        """The hash as browsers check it (W3C Subresource Integrity)."""
        return f"sha256-{base64.b64encode(bytes.fromhex(self.sha256)).decode()}"


@lru_cache(maxsize=1)
def package() -> Package:
    """The archive; made once a process, in about half a second."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, path in sorted({**dict(_own()), **dict(_pydicom())}.items()):
            told = zipfile.ZipInfo(name, _LONG_AGO)
            told.compress_type, told.create_system = zipfile.ZIP_DEFLATED, 3
            archive.writestr(told, path.read_bytes())
    data = out.getvalue()
    return Package(data, hashlib.sha256(data).hexdigest())


def _own() -> Iterator[tuple[str, Path]]:
    top = Path(provident.__file__).parent
    yield "provident/__init__.py", top / "__init__.py"
    yield "provident/adapters/__init__.py", top / "adapters/__init__.py"
    for part in _OURS:
        for path in (top / part).rglob("*"):
            if path.is_file() and not _NOT_NEEDED & set(path.parts):
                yield path.relative_to(top.parent).as_posix(), path


def _pydicom() -> Iterator[tuple[str, Path]]:
    """pydicom as pip installed it, its metadata included, without its example files."""
    for file in metadata.distribution("pydicom").files or ():
        if ".." not in file.parts and not _PYDICOM_LEAVES_OUT & set(file.parts):
            yield file.as_posix(), Path(str(file.locate()))


def main() -> None:
    """Print the hash, for who compares it with what a page shows."""
    print(f"{package().sha256}  provident {provident.__version__} in the browser")  # noqa: T201  # a command


if __name__ == "__main__":
    main()
