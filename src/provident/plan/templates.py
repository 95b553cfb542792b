"""The plans that ship with Provident, and starting a new one from them."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files as files_of
from pathlib import Path

from provident.kernel import NotFound, Refused
from provident.plan.load import read_folder
from provident.plan.nearest import did_you_mean, listed


START = "start"
"""The plan that `provident new` writes when no other is asked for."""


def shipped() -> Path:
    """The folder of shipped plans: inside an installed package, or beside `src` in a checkout.

    Raises:
        NotFound: this copy of Provident has none.
    """
    package = Path(str(files_of("provident")))
    for folder in (package / "plans", package.parents[1] / "plans"):
        if (folder / START / "study.yaml").is_file():
            return folder
    raise NotFound("this copy of Provident has no plans to start from")


def templates() -> tuple[str, ...]:
    """The names of the shipped plans."""
    return tuple(
        sorted(p.name for p in shipped().iterdir() if (p / "study.yaml").is_file())
    )


def template_files(name: str) -> dict[str, bytes]:
    """The files of a shipped plan by path.

    Raises:
        NotFound: there is no such plan.
    """
    if name not in templates():
        raise NotFound(
            f'there is no plan "{name}" to start from{did_you_mean(name, templates())}; there are {listed(templates())}'
        )
    return read_folder(shipped() / name)


def start(
    folder: Path, like: str = START, files: Mapping[str, bytes] | None = None
) -> tuple[Path, ...]:
    """Write a new plan into an empty or new folder; the files written.

    `files` are written in the place of the shipped ones, such as those of `starting.started`.

    Raises:
        Refused: the folder holds something, or is a file.
        NotFound: there is no such plan to start from.
    """
    content = template_files(like) if files is None else files
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(
            f"{folder} is not empty; give a new or empty folder, so that nothing is overwritten"
        )
    written = []
    for name, data in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        written.append(path)
    return tuple(written)
