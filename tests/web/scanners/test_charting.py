"""A change begins a new phase; two versions of an engine are joined by a bridge, two engines never."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from provident.acquisition.phantoms import Engine, Submission, Value
from provident.web.scanners.charting import draw, flags, svg


DAY = date(2026, 1, 5)
ONE, TWO = Engine(name="provident", version="1"), Engine(name="provident", version="2")


def scans(values, engine=ONE, start=0):
    return [
        Submission(id=f"{start + n}", phantom="acr", scanner="mr", acquired=DAY + timedelta(days=7 * (start + n)),
                   engine=engine, values={"snr": Value(value=float(v))})
        for n, v in enumerate(values)
    ]  # fmt: skip


def noise(count, mean=100.0, seed=1):
    return mean + np.random.default_rng(seed).normal(0, 1, count)


def test_a_change_begins_a_phase_with_limits_of_its_own():
    made = scans([*noise(12), *noise(11, mean=120)])
    changed = (DAY + timedelta(days=7 * 12), "software")

    (line,) = draw(made, [changed], baseline=10)

    assert [p.start for p in line.phases] == [0, 12]
    assert abs(line.now.target - 120) < 2
    assert not line.drifts
    picture = str(svg(line, title="t"))
    assert "The scanner changed: software" in picture
    assert picture.count("<circle") == 23


def test_a_change_that_no_scan_followed_makes_no_empty_phase():
    (line,) = draw(scans(noise(6)), [(DAY + timedelta(days=400), "coil")], baseline=10)

    assert [p.start for p in line.phases] == [0]
    assert "6 of the 10 scans" in line.now.words


def test_five_scans_measured_by_both_versions_make_one_line():
    old = scans(noise(8))
    both = [Submission(**{**{f: getattr(s, f) for f in ("phantom", "scanner", "acquired", "id")}, "engine": TWO,
                          "values": {"snr": Value(value=s.values["snr"].value + 5)}}) for s in old[3:]]  # fmt: skip

    (line,) = draw([*old, *both], [], baseline=10)

    assert line.engine == "provident 2"
    assert "5 scans measured by both" in line.bridges[0]
    assert len(line.points) == 8


def test_without_them_there_are_two_lines():
    lines = draw([*scans(noise(8)), *scans(noise(4), TWO, start=8)], [], baseline=10)

    assert sorted(line.engine for line in lines) == ["provident 1", "provident 2"]


def test_only_measures_with_a_limit_call_for_somebody():
    lines = draw(scans([*noise(12), *noise(8, mean=104)]), [], baseline=10)

    assert lines[0].drifts
    assert flags(lines, {"ghosting": None}) == []
    assert flags(lines, {"snr": None})[0]["measure"] == "snr"
    assert flags(lines, ())
