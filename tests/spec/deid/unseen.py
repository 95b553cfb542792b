"""Traps drawn by chance: names, fonts, sizes, turns, grounds and ways of writing that no limit was set on.

A seed gives the same traps each time. Tune on one seed, and measure on another.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.spec.deid.burned_in import (
    COLUMNS,
    GROUNDS,
    ROWS,
    Trap,
    by_hand,
    grey_file,
    inked,
    written,
)


MADE = 120
FONTS = (
    "LiberationSans-Regular.ttf", "LiberationSansNarrow-Bold.ttf", "LiberationMono-Regular.ttf",
    "LiberationSerif-Italic.ttf", "DejaVuSansMono-Bold.ttf", "DejaVuSerif.ttf", "DejaVuSansCondensed.ttf",
    "DejaVuSans-ExtraLight.ttf", "NotoSansMono-Regular.ttf",
)  # fmt: skip
NAMES = (
    "Tremblay, Odile", "KOWALSKI JAN", "Nwachukwu^Ada", "MRN 5520417", "de Vries P.", "DOB 04.11.1958", "Szabó Ilona",
    "Acc. 20931-77", "Dr. Okafor", "O'Shaughnessy M", "Ward 7 Hill", "ID: 88-2013",
)  # fmt: skip
SCRIPTS = {
    "Arabic": "مريم الحداد", "Hebrew": "מרים לוינסקי", "Cyrillic": "Марина Левченко", "Greek": "Μαρίνα Λεβέντη",
    "Armenian": "Մարինե Լևոնյան",
}  # fmt: skip
WIDE = "DejaVuSans.ttf"
TURNS = (90, 270, 15, 340, 30, 180)


def unseen(seed: int, made: int = MADE) -> Iterator[Trap]:
    """So many traps of a seed."""
    rng = np.random.default_rng(seed)
    grounds = list(GROUNDS)
    for number in range(made):
        kind = grounds[number % len(grounds)]
        way = ("level", "level", "turned", "script", "by hand", "small", "upright and small")[number % 7]  # fmt: skip
        ink = _ink(way, rng)
        ground = GROUNDS[kind](int(rng.integers(100, 10_000)))
        level = float(rng.uniform(0.9, 1.0)) if kind != "bright" else 1.0
        if kind in ("banner", "bright") and rng.random() < 0.4:
            level = float(rng.uniform(0.0, 0.1))
        name = f"{number} {way} on {kind}"
        yield Trap(name=name, data=grey_file(inked(ground, ink, level)), ink=ink)


def _ink(way: str, rng: np.random.Generator) -> np.ndarray:
    left, top = int(rng.integers(8, 240)), int(rng.integers(8, ROWS - 90))
    name, face = str(rng.choice(NAMES)), str(rng.choice(FONTS))
    if way == "by hand":
        return by_hand(left, top, height=int(rng.integers(16, 40)), seed=int(rng.integers(9, 999)))  # fmt: skip
    if way == "script":
        told = SCRIPTS[str(rng.choice(list(SCRIPTS)))]
        return written(told, left, top, size=int(rng.integers(13, 26)), file=WIDE)
    if way == "small":
        return written(name, left, top, size=int(rng.integers(8, 12)), file=face)
    if way == "upright and small":
        turn = float(rng.choice([90, 270]))
        return written(name, left, 20, size=int(rng.integers(9, 13)), file=face, turn=turn)  # fmt: skip
    turn = float(rng.choice(TURNS)) if way == "turned" else 0
    size = int(rng.integers(13, 22 if turn else 36))
    top = min(top, ROWS - 200) if turn else top
    return written(name, min(left, COLUMNS - 320), top, size=size, file=face, turn=turn)
