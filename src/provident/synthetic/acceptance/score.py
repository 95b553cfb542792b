"""The score of somebody's de-identification of the acceptance corpus: leaks, losses, and what no longer fits together."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from provident.synthetic.acceptance.answers import Answer, Answers
from provident.synthetic.acceptance.pictures import judged
from provident.synthetic.acceptance.recognise import holds, read_names, recognised
from provident.synthetic.acceptance.search import Leak, Output, leaks_in
from provident.synthetic.acceptance.together import broken_in


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of use that is gone, or no longer fits: its kind, the planted file, what it was."""

    kind: str
    file: str
    what: str


@dataclass(slots=True)
class Score:
    """What became of the corpus. `checks` count by kind how often it was right, of how many."""

    planted: int = 0
    recognised: int = 0
    held: int = 0
    missing: int = 0
    unknown: int = 0
    leaks: list[Leak] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)
    broken: list[Loss] = field(default_factory=list)
    checks: dict[str, list[int]] = field(default_factory=dict)

    @property
    def verdict(self) -> str:
        """The result in one sentence."""
        if self.leaks:
            files = len({leak.file for leak in self.leaks})
            return f"Not safe: {len(self.leaks)} planted identifiers were found in {files} of {self.recognised} files."
        if not self.recognised:
            return (
                "Nothing to judge: no file of the corpus was recognised in this folder."
            )
        if self.losses or self.broken or self.missing:
            return (
                f"Safe: no planted identifier was found. But {len(self.losses)} values were lost, {len(self.broken)} things no "
                f"longer fit together, {self.missing} files are missing."
            )
        return (
            "Safe and whole: no planted identifier was found, nothing of use was lost."
        )

    def count(self, kind: str, *, right: bool) -> None:
        """One more check of a kind."""
        told = self.checks.setdefault(kind, [0, 0])
        told[0] += right
        told[1] += 1

    def as_json(self) -> dict[str, Any]:
        """As the command line writes it."""
        shares = {
            kind: {"right": right, "of": of, "percent": round(100 * right / of, 2)}
            for kind, (right, of) in sorted(self.checks.items())
        }
        numbers = ("planted", "recognised", "held", "missing", "unknown")
        return {
            "verdict": self.verdict,
            "files": {name: getattr(self, name) for name in numbers},
            "leaks": [asdict(leak) for leak in self.leaks],
            "losses": [asdict(loss) for loss in self.losses],
            "broken": [asdict(loss) for loss in self.broken],
            "checks": shares,
        }

    def lines(self) -> list[str]:
        """The result for a person: by kind, each with an example."""
        told = [
            f"{self.planted} files planted, {self.recognised} recognised, {self.held} held back where that is right, "
            f"{self.missing} missing, {self.unknown} output files not recognised."
        ]
        leaks = Counter((leak.kind, leak.where) for leak in self.leaks)
        examples = {(leak.kind, leak.where): leak for leak in self.leaks}
        for (kind, where), count in leaks.most_common():
            one = examples[kind, where]
            told.append(
                f"LEAK  {count} x {kind} in {where}, as {one.what} of {one.file}"
            )
        for title, losses in (("LOST ", self.losses), ("BROKEN", self.broken)):
            first = {loss.kind: loss for loss in losses}
            for kind, count in Counter(loss.kind for loss in losses).most_common():
                told.append(f"{title} {count} x {kind}, as {first[kind].what} of {first[kind].file}")  # fmt: skip
        for kind, (right, of) in sorted(self.checks.items()):
            told.append(
                f"      {kind:28s} {right:5d} of {of:5d}  {100 * right / of:6.2f} %"
            )
        return told


def score(folder: Path, answers: Answers, names: Path | None = None) -> Score:
    """Score a folder that any program made of the corpus; it may have renamed the files and changed their UIDs.

    Raises:
        InvalidInput: the list of names cannot be read.
    """
    told = read_names(names)
    outputs, unread = _read(folder)
    found = recognised(outputs, answers.files, told)
    result = Score(planted=len(answers.files), recognised=len(found))
    result.unknown = len(outputs) - len(found) + unread
    for answer in answers.files.values():
        _one(result, answer, found.get(answer.name), answers)
    for kind, file, what in broken_in(found, answers, result.count):
        result.broken.append(Loss(kind, file, what))
    return result


def _read(folder: Path) -> tuple[list[Output], int]:
    outputs, unread = [], 0
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "DICOMDIR":
            one = Output.read(path, path.relative_to(folder).as_posix())
            unread += one is None
            outputs += [one] if one is not None else []
    return outputs, unread


def _one(
    result: Score, answer: Answer, output: Output | None, answers: Answers
) -> None:
    if output is None:
        result.held += answer.may_wait
        result.missing += not answer.may_wait
        result.count("file came out, or waits rightly", right=answer.may_wait)
        return
    result.count("file came out, or waits rightly", right=True)
    person = answers.people[answer.person]
    found = list(leaks_in(output, answer, person))
    for kind in ("name", "number", "place", "date", "uid"):
        result.count(f"no {kind} left", right=all(leak.kind != kind for leak in found))
    result.leaks += found
    for path, value, kind in answer.keeps:
        right = holds(output.dataset, path, value)
        result.count(f"kept: {kind}", right=right)
        if not right:
            result.losses.append(Loss(kind, answer.name, f"{path} = {value}"))
    for judgement in judged(answer, output.dataset):
        result.count(judgement.check, right=judgement.right)
        if judgement.right:
            continue
        if judgement.leak:
            result.leaks.append(Leak("burned-in text", "pixels", answer.name, "a line of text that can be read"))  # fmt: skip
        else:
            result.losses.append(Loss("pixels", answer.name, judgement.words))
