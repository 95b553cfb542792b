"""All files of the acceptance corpus, in their order, and how they are written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from provident.kernel import InvalidInput
from provident.synthetic.acceptance import documents, images
from provident.synthetic.acceptance.answers import Answers, answers_of
from provident.synthetic.acceptance.making import Planted
from provident.synthetic.acceptance.people import PEOPLE


@dataclass(frozen=True)
class Corpus:
    """The files with their answers."""

    files: tuple[Planted, ...] = field(repr=False)

    @cached_property
    def answers(self) -> Answers:
        """What was planted, and what must stay."""
        return answers_of(self.files, PEOPLE)

    @property
    def hash(self) -> str:
        """SHA-256 over all files."""
        return self.answers.corpus


def corpus() -> Corpus:
    """Five people, two exams each, and every kind of object once or more. Always the same bytes."""
    return Corpus(tuple(_files()))


def _files() -> Iterator[Planted]:
    arabella, oezlem, swietoslawa, sazanami, ulyana = PEOPLE
    for who in PEOPLE:
        for visit in (0, 1):
            yield from (images.mr_slice(who, visit, number) for number in (1, 2))
    for number, syntax in enumerate(images.SYNTAXES, 1):
        yield images.ct_in(arabella, 0, number, syntax)
    yield images.ct_in(oezlem, 0, 2, images.SYNTAXES[1])
    yield images.mosaic(ulyana, 0)
    yield images.enhanced(oezlem, 1)
    yield images.enhanced(sazanami, 0)
    yield images.screen_copy(arabella, 0, 1, "Quibblewick Arabella")
    yield images.screen_copy(oezlem, 0, 1, "Gruenschnaebel Oezlem")
    yield images.ultrasound(swietoslawa, 0, "Zolwikowska Swietoslawa")
    for who in PEOPLE:
        yield documents.report(who, 0)
        yield documents.presentation(who, 0)
    for who in (arabella, oezlem, ulyana):
        yield documents.structures(who, 0)
        yield documents.segmentation(who, 0)
    yield documents.key_images(swietoslawa, 0)
    yield documents.key_images(arabella, 1)
    yield documents.letter(arabella, 0)
    yield documents.letter(sazanami, 1)


def key_beside(folder: Path) -> Path:
    """Where the answers of a corpus lie: beside its folder, never in it."""
    folder = Path(os.path.abspath(folder))
    return folder.with_name(f"{folder.name}.key.json")


def write(folder: Path) -> Corpus:
    """Write the corpus into an empty folder and its answers beside it.

    Raises:
        InvalidInput: the folder is not empty, or cannot be written.
    """
    made = corpus()
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise InvalidInput(f"{folder}: it is there and not an empty folder. Name a new one.")  # fmt: skip
        for one in made.files:
            path = folder / one.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(one.data)
        key_beside(folder).write_bytes(made.answers.encoded())
    except OSError as error:
        raise InvalidInput(f"{error.filename or folder}: this cannot be written ({error.strerror}).") from None  # fmt: skip
    return made
