"""Positions: spacing, holes, planes, coverage."""

from __future__ import annotations

import math

import pytest

from provident.dicom import geometry as g


AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def stack(*heights: float, facing: tuple[float, ...] = AXIAL) -> g.Stack:
    frames = [g.Frame((0.0, 0.0, h), facing, i, i) for i, h in enumerate(heights)]
    (found,) = g.stacks(frames)
    return found


# positions, usual spacing, holes, uneven
STEPS = [
    ((0, 3, 6, 9), 3, 0, 0),
    ((9, 0, 6, 3), 3, 0, 0),
    ((0, 3, 9, 12), 3, 1, 0),
    ((0, 3, 12, 15), 3, 2, 0),
    ((0, 3.001, 5.999, 9), 3, 0, 0),
    ((0, 3, 7.7, 10.7, 13.7), 3, 0, 1.7),
    ((0, 1, 2, 3, 3.5), 1, 0, 0.5),
]


@pytest.mark.parametrize(("heights", "usual", "holes", "uneven"), STEPS)
def test_spacing_and_holes_come_from_positions(heights, usual, holes, uneven):
    found = g.spacing(stack(*heights))

    assert (found.usual, found.holes, found.uneven) == pytest.approx(
        (usual, holes, uneven), abs=0.002
    )


def test_a_single_slice_has_no_spacing():
    assert g.spacing(stack(5)) is None


def turned(degrees: float) -> tuple[float, ...]:
    """Coronal, turned about the body's long axis."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return (c, s, 0.0, 0.0, 0.0, -1.0)


PLANES = [
    (0, "coronal", 0),
    (20, "coronal", 20),
    (44, "coronal", 44),
    (50, "sagittal", 40),
    (90, "sagittal", 0),
]


@pytest.mark.parametrize(("degrees", "plane", "angle"), PLANES)
def test_the_plane_is_that_of_the_nearest_axis(degrees, plane, angle):
    found = g.plane_of(g.normal_of(turned(degrees)))

    assert found[0] == plane
    assert found[1] == pytest.approx(angle)


def test_a_slice_between_all_three_axes_is_oblique():
    third = 1 / math.sqrt(3)

    assert g.plane_of((third, third, third)) == (
        "oblique",
        pytest.approx(54.7356, abs=0.001),
    )


def test_an_oblique_block_covers_an_axis_by_one_of_its_edges():
    assert g.axes_of(stack(0, 3, facing=turned(20))) == {
        "slices": "AP",
        "row": "LR",
        "column": "FH",
    }


BAD = [(0,) * 6, (1, 0, 0, 1, 0, 0), (1, 0, 0, 0.5, 0.8, 0)]


@pytest.mark.parametrize("facing", BAD)
def test_directions_that_are_not_square_make_no_stack(facing):
    assert g.stacks([g.Frame((0.0, 0.0, 0.0), facing, 0, 0)]) == []


def test_directions_that_differ_by_rounding_are_one_stack():
    frames = [
        g.Frame((0.0, 0.0, float(i)), (1.0, i * 1e-4, 0.0, 0.0, 1.0, 0.0), i, i)
        for i in range(5)
    ]

    assert [len(s.distances) for s in g.stacks(frames)] == [5]


def test_volumes_and_incomplete_ones_are_counted():
    frames = [
        g.Frame((0.0, 0.0, float(z)), AXIAL, v, v) for v in range(3) for z in range(4)
    ]
    (whole,), (short,) = g.stacks(frames), g.stacks(frames[:-1])

    assert (g.volumes_of(whole), g.volumes_of(short)) == ((3, 0), (3, 1))


def doubled(tell_apart: bool, numbers: bool) -> int:
    frames = [
        g.Frame((0.0, 0.0, float(z)), AXIAL, v if tell_apart else "same", v * 10 + z)
        for v in range(2)
        for z in range(5)
    ]
    first = frames[2]
    frames.append(
        g.Frame(first.position, AXIAL, first.volume, first.number if numbers else 99)
    )
    (found,) = g.stacks(frames)
    return g.duplicates_of(found)


DOUBLED = [(True, True, 1), (True, False, 1), (False, True, 1), (False, False, 0)]


@pytest.mark.parametrize(("tell_apart", "numbers", "expected"), DOUBLED)
def test_an_image_sent_twice_is_told_from_a_second_volume(
    tell_apart, numbers, expected
):
    """Where nothing tells volumes apart, only an equal instance number shows a copy."""
    assert doubled(tell_apart, numbers) == expected
