"""Planes, volumes and grids in the patient's space."""

from __future__ import annotations

import numpy as np
import pytest

from provident.deid.faces.stacks import Grid, Plane, grouped, smaller, volume_of


def _plane(z=0.0, y=0.0, rows=20, columns=30, step=1.0):
    return Plane(
        position=(0.0, y, z),
        column_step=(step, 0.0, 0.0),
        row_step=(0.0, step, 0.0),
        rows=rows,
        columns=columns,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"rows": 0},
        {"column_step": (0.0, 0.0, 0.0)},
        {"column_step": (0.0, 2.0, 0.0)},
        {"row_step": (0.0, float("nan"), 0.0)},
    ],
)
def test_a_plane_has_an_area(wrong):
    right = {
        "position": (0.0, 0.0, 0.0),
        "column_step": (1.0, 0.0, 0.0),
        "row_step": (0.0, 1.0, 0.0),
        "rows": 4,
        "columns": 4,
    }

    with pytest.raises(ValueError, match="plane"):
        Plane(**(right | wrong))


def test_planes_of_one_direction_are_one_group():
    planes = [_plane(0), _plane(5), _plane(0, step=2.0), _plane(9, rows=21)]

    assert grouped(planes) == [[0, 1], [2], [3]]


def test_a_sheared_stack_at_uneven_heights_gives_back_what_is_in_it():
    heights = [0.0, 4.0, 8.0, 15.0, 22.0]
    planes = [_plane(z, y=-0.3 * z) for z in heights]  # a tilted gantry
    frames = []
    for plane in planes:
        rows, columns = np.indices((20, 30)).astype(float)
        points = plane.points(rows, columns)
        frames.append((points @ np.array([1.0, 2.0, 3.0])).astype(np.float32))
    volume = volume_of(planes, frames, target=1.0)
    points = np.array([[5.0, 4.0, 3.0], [10.0, 3.0, 11.0], [20.0, 2.0, 20.0]])

    found, inside = volume.sample(points, -1.0)

    assert inside.all()
    assert found == pytest.approx(points @ np.array([1.0, 2.0, 3.0]), abs=1e-3)


def test_beyond_a_volume_there_is_nothing():
    volume = volume_of([_plane(z) for z in (0, 2, 4)], [np.ones((20, 30))] * 3)

    found, inside = volume.sample(np.array([[5.0, 5.0, -4.0], [5.0, 5.0, 9.0]]), -7.0)

    assert not inside.any()
    assert found.tolist() == [-7.0, -7.0]


def test_of_two_frames_at_one_place_the_first_counts():
    planes = [_plane(0), _plane(3), _plane(0)]
    frames = [np.full((20, 30), v, dtype=np.float32) for v in (1, 2, 3)]

    assert volume_of(planes, frames).values[:, 0, 0].tolist() == [1.0, 2.0]


def test_smaller_is_the_mean_of_squares():
    frame = np.arange(20, dtype=np.float32).reshape(4, 5)

    assert smaller(frame, 2).tolist() == [[3.0, 5.0], [13.0, 15.0]]


def test_a_grid_finds_its_own_cells():
    grid = Grid(np.array([-3.0, 2.0, 7.0]), (3, 4, 5), 3.0)
    values = np.arange(60, dtype=np.float32).reshape(3, 4, 5)

    assert grid.sample(values, grid.points()) == pytest.approx(values.ravel())
    assert grid.of(np.array([[1, 2, 3]])).tolist() == [[6.0, 8.0, 10.0]]
