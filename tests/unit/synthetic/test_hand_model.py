"""The voxel model of the hand: bones where they belong, disease as large as its score says."""

from __future__ import annotations

import numpy as np
import pytest

from provident.synthetic.hand import hand_model
from provident.synthetic.lesions import bone_sites, diseased
from provident.synthetic.letters import mask, shown_name
from provident.synthetic.people import patients
from provident.synthetic.tissue import Tissue
from provident.synthetic.truth import BONES, JOINTS, HandTruth


@pytest.fixture(scope="module")
def model():
    return hand_model()


def test_all_bones_of_hand_and_wrist_are_there(model):
    assert len(model.names) == 8 + 2 + 19
    for n in range(1, len(model.names) + 1):
        assert (model.bone == n).sum() * model.grid.spacing**3 > 150  # mm3


def test_bones_do_not_touch_each_other(model):
    bone = model.bone.astype(int)
    for axis in range(3):
        a = np.take(bone, range(bone.shape[axis] - 1), axis)
        b = np.take(bone, range(1, bone.shape[axis]), axis)
        assert not ((a > 0) & (b > 0) & (a != b)).any()


def test_marrow_lies_inside_cortex_inside_skin(model):
    labels = model.labels
    marrow = labels == Tissue.MARROW
    for axis in range(3):
        neighbours = np.roll(labels, 1, axis)[marrow]
        outside = {Tissue(t) for t in np.unique(neighbours)} - {Tissue.MARROW, Tissue.CORTEX}  # fmt: skip
        # At the cut end of the forearm the grid stops inside the bone.
        assert outside <= ({Tissue.AIR, Tissue.FAT, Tissue.CONNECTIVE} if axis == 1 else set())  # fmt: skip


@pytest.mark.parametrize("score", [1, 3, 6, 10])
@pytest.mark.parametrize("bone", ["lunate", "head2", "radius"])
def test_an_erosion_takes_its_tenths_of_the_bone(bone, score):
    labels = diseased(HandTruth(erosion={bone: score}), person=3)
    share = (labels == Tissue.EROSION).sum() / len(bone_sites()[bone].index)

    assert (score - 1) / 10 < share <= score / 10


@pytest.mark.parametrize(("score", "low", "high"), [(1, 0.0, 0.34), (2, 0.33, 0.67), (3, 0.66, 1.0)])  # fmt: skip
def test_oedema_takes_its_third_of_the_marrow(score, low, high):
    labels = diseased(HandTruth(osteitis={"capitate": score}), person=3)
    marrow = (hand_model().labels.ravel()[bone_sites()["capitate"].index] == Tissue.MARROW).sum()  # fmt: skip
    share = np.isin(labels, (Tissue.OEDEMA, Tissue.OEDEMA_EDGE)).sum() / marrow

    assert low < share <= high


@pytest.mark.parametrize("joint", JOINTS)
def test_synovium_swells_with_its_score_and_leaves_bone_alone(joint):
    sizes = []
    for score in range(4):
        labels = diseased(HandTruth(synovitis={joint: score}), person=3)
        swollen = labels == Tissue.SYNOVIUM
        sizes.append(int(swollen.sum()))
        assert not (swollen & (hand_model().bone > 0)).any()

    assert sizes[0] == 0
    assert sizes == sorted(set(sizes))


def test_disease_stays_in_its_place_and_grows():
    small, large = (
        diseased(HandTruth(erosion={"hamate": s}), person=9) == Tissue.EROSION
        for s in (2, 4)
    )
    elsewhere = diseased(HandTruth(erosion={"hamate": 2}), person=10) == Tissue.EROSION

    assert (small & large).sum() == small.sum()
    assert (small != elsewhere).any()


def test_the_healthy_model_is_left_untouched():
    before = hand_model().labels.copy()
    diseased(HandTruth(erosion=dict.fromkeys(BONES, 10)), person=1)

    assert np.array_equal(before, hand_model().labels)


def test_names_are_shown_in_plain_letters():
    shown = {p.name.split("^")[0].split("=")[0]: shown_name(p) for p in patients(3, 24)}

    assert shown["Müller-Lüdenscheidt"] == "MULLER-LUDENSCHEIDT, Jorg"
    assert shown["Παπαδοπούλου"] == "PAPADOPOULOU, Eleni"
    assert shown["Sørensen"] == "SORENSEN, Bjorn"
    assert shown["Yamada"] == "YAMADA, Tarou"


def test_text_leaves_ink_where_it_was_put():
    ink = mask((40, 200), ["DOE, JANE"], (10, 10), 14)

    assert ink.shape == (40, 200)
    assert ink[:, :8].max() == 0
    assert ink[8:30, 10:110].max() == 1
