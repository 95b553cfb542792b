"""Which output file is which planted one, after renaming, new UIDs and new pixel codings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom import Dataset

from provident.kernel import InvalidInput
from provident.synthetic.acceptance.answers import Answer, digest_of
from provident.synthetic.acceptance.search import Output


_SAME_PIXELS, _SAME_NAME, _SAME_STUDY, _SAME_NUMBER, _KEPT = 1000, 400, 200, 20, 5


def recognised(
    outputs: Iterable[Output], answers: Mapping[str, Answer], names: Mapping[str, str]
) -> dict[str, Output]:
    """The output of each planted file that has one, by the planted name.

    Equal pixels tell most; then the exam that the recognised images show; then what was kept.
    `names` are those that a tool itself told, planted: output; they count more than all else.
    """
    found: dict[str, Output] = {}
    left = list(outputs)
    by_name = {o.name: o for o in left}
    for planted, told in names.items():
        if planted in answers and told in by_name:
            found[planted] = by_name[told]
    pixels = {o.name: _digest(o.dataset) for o in left}
    for images_alone in (True, False):
        taken = {o.name for o in found.values()}
        open_files = [a for a in answers.values() if a.name not in found]
        rest = [o for o in left if o.name not in taken]
        found |= _matched(open_files, rest, pixels, _exams(found, answers), images_alone=images_alone)  # fmt: skip
    return found


def _matched(
    answers: list[Answer], outputs: list[Output], pixels: Mapping[str, str], exams: Mapping[str, str], *, images_alone: bool,
) -> dict[str, Output]:  # fmt: skip
    scores = []
    for answer in answers:
        for output in outputs:
            if images_alone and (not answer.pixels or pixels[output.name] != answer.pixels):  # fmt: skip
                continue
            points = _points(answer, output, pixels[output.name], exams)
            if points:
                scores.append((-points, answer.name, output.name, output))
    found: dict[str, Output] = {}
    used: set[str] = set()
    for _, planted, name, output in sorted(scores, key=lambda s: s[:3]):
        if planted not in found and name not in used:
            found[planted] = output
            used.add(name)
    return found


def _points(
    answer: Answer, output: Output, digest: str, exams: Mapping[str, str]
) -> int:
    ds = output.dataset
    if str(ds.SOPClassUID) != answer.sop_class:
        return 0
    points = 1
    if answer.pixels and digest == answer.pixels:
        points += _SAME_PIXELS
    if output.name == answer.name:
        points += _SAME_NAME
    if exams.get(str(ds.get("StudyInstanceUID", ""))) == answer.study:
        points += _SAME_STUDY
    if str(ds.get("InstanceNumber", "")) == str(answer.number):
        points += _SAME_NUMBER
    return points + _KEPT * sum(holds(ds, path, value) for path, value, _ in answer.keeps)  # fmt: skip


def _exams(
    found: Mapping[str, Output], answers: Mapping[str, Answer]
) -> dict[str, str]:
    """The planted exam that an output's exam stands for, as most of its recognised images say."""
    votes: dict[str, Counter[str]] = {}
    for planted, output in found.items():
        exam = str(output.dataset.get("StudyInstanceUID", ""))
        votes.setdefault(exam, Counter())[answers[planted].study] += 1
    return {exam: count.most_common(1)[0][0] for exam, count in votes.items()}


def _digest(ds: Dataset) -> str:
    array = decoded(ds)
    return digest_of(array) if array is not None else ""


def decoded(ds: Dataset) -> np.ndarray[Any, Any] | None:
    """The pixels, or None where there are none that can be decoded."""
    if "PixelData" not in ds:
        return None
    try:
        return np.asarray(ds.pixel_array)
    except Exception:  # noqa: BLE001  # whatever a decoder raises, there is no picture to judge
        return None


def holds(ds: Dataset, path: str, value: str) -> bool:
    """Whether a value is still there: words within a text, numbers as numbers.

    A path is keywords and item numbers joined by dots; `@Keyword` is looked for at any depth;
    `private:CREATOR,gggg,ee` is a private element.
    """
    try:
        if path.startswith("private:"):
            return _private(ds, path.removeprefix("private:"), value)
        if path.startswith("@"):
            return any(_equal(e.value, value) for e in ds.iterall() if e.keyword == path[1:])  # fmt: skip
        here: Any = ds
        for step in path.split("."):
            here = here[int(step)] if step.isdigit() else getattr(here, step)
        return _equal(here, value)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return False


def _private(ds: Dataset, told: str, value: str) -> bool:
    creator, group, element = told.split(",")
    found = ds.private_block(int(group, 16), creator)[int(element, 16)].value
    if isinstance(
        found, bytes | bytearray
    ):  # from implicit VR, where a tool did not know its kind
        return _raw_number(bytes(found), value)
    first = found[0] if isinstance(found, list | pydicom.multival.MultiValue) else found
    return _equal(first, value)


def _raw_number(raw: bytes, value: str) -> bool:
    text = raw.decode("latin-1").strip("\0 ").split("\\")[0]
    fitting = [k for k in ("<f4", "<f8", "<u2", "<i4") if len(raw) == np.dtype(k).itemsize]  # fmt: skip
    numbers = [str(np.frombuffer(raw, kind)[0]) for kind in fitting]
    return any(_equal(reading, value) for reading in (text, *numbers))


def _equal(found: object, wanted: str) -> bool:
    if found is None or str(found) == "":
        return False
    try:
        return abs(float(str(found)) - float(wanted)) <= 1e-4 * max(1.0, abs(float(wanted)))  # fmt: skip
    except ValueError:
        return wanted.casefold() in str(found).casefold()


def read_names(path: Path | None) -> dict[str, str]:
    """A table `planted TAB output`, a line a file; empty where none is named.

    Raises:
        InvalidInput: it cannot be read, or a line has no TAB.
    """
    if path is None:
        return {}
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path}: this list of names cannot be read ({type(error).__name__}).") from None  # fmt: skip
    told = {}
    for number, line in enumerate(lines, 1):
        planted, tab, output = line.partition("\t")
        if not tab and line.strip():
            raise InvalidInput(f"{path}:{number}: a line is a planted name, a TAB, and the output's name.")  # fmt: skip
        told[planted] = output
    return told
