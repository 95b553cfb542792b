"""Made-up readers in the reading room: they see opaque cases and recognise the patient by the pictures alone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from provident.rehearsal.pages import Stopped, Visitor


if TYPE_CHECKING:
    from provident.synthetic import HandTruth

_ROOM = re.compile(r"/read/room/([\w-]+)")
MINUTES = 11  # for a case, with some spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Eye:
    """How somebody reads: `drift` is what the bias gains with every case that was read before."""

    seed: int
    bias: float
    noise: float
    drift: float = 0.0


EYES = {
    "ana": Eye(seed=21, bias=0.0, noise=0.35),
    "ben": Eye(seed=31, bias=0.1, noise=1.2, drift=0.12),
    "adele": Eye(seed=23, bias=0.0, noise=0.3),
}


@dataclass(slots=True)
class Sitting:
    """A reader at the screen. `recognise` tells what an image (by the SHA-256 of its pixels) really shows."""

    visitor: Visitor
    eye: Eye
    recognise: Callable[[str], tuple[int, int, HandTruth]]
    read: int = 0

    def next_case(self) -> str | None:
        """The token of the next case of the list, if there is one."""
        page = self.visitor.get(self.visitor.path("reading"))
        found = _ROOM.search(page.source)
        return found[1] if found else None

    def sign(self, token: str) -> int:
        """Read and sign one case; returns the minutes that it took.

        Raises:
            NotReady: its images are being looked at again.
        """
        case = self.visitor.ask("GET", f"/read/api/case/{token}")
        answers = self._answers(case)
        minutes = MINUTES + int(hashlib.sha256(token.encode()).digest()[0]) % 9
        body = {
            "answers": answers, "measurements": [], "version": case["version"], "active_seconds": minutes * 60,
            "display": {"rendering": "cpu"}, "password": self.visitor.account.password,
        }  # fmt: skip
        self.visitor.ask("POST", f"/read/api/case/{token}/submit", body)
        self.read += 1
        return minutes

    def _answers(self, case: Mapping[str, Any]) -> dict[str, int | str]:
        found: dict[str, int | str] = {}
        single = len(case["timepoints"]) == 1
        for point in case["timepoints"]:
            prefix = "" if single else f"{point['label']}:"
            for name, value in self._look(point).items():
                found[f"{prefix}{name}"] = value
        return found

    def _look(self, point: Mapping[str, Any]) -> dict[str, int | str]:
        from provident.synthetic import Reader

        number, visit, truth = self.recognise(self._seen(point))
        bias = self.eye.bias + self.eye.drift * self.read
        reader = Reader(seed=self.eye.seed, bias=bias, noise=self.eye.noise)
        return reader.read(truth, case=number, read_number=visit)

    def _seen(self, point: Mapping[str, Any]) -> str:
        from pydicom import dcmread

        images = [i for series in point["series"] for i in series["images"]]
        if not images:
            raise Stopped("A case without images was given to a reader.")
        shown = dcmread(BytesIO(self.visitor.fetch(images[0])))
        return hashlib.sha256(shown.PixelData).hexdigest()
