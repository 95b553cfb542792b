"""Shipped lists of rows for grids: the sites that a published score looks at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RowList:
    """Rows of a grid by id, in the order of the proforma, with the paper they come from."""

    title: str
    source: str
    rows: tuple[tuple[str, str], ...]


_FINGERS = ("2", "3", "4", "5")

_RAMRIS_BONES = (
    ("radius", "Distal radius"),
    ("ulna", "Distal ulna"),
    ("scaphoid", "Scaphoid"),
    ("lunate", "Lunate"),
    ("triquetrum", "Triquetrum"),
    ("pisiform", "Pisiform"),
    ("trapezium", "Trapezium"),
    ("trapezoid", "Trapezoid"),
    ("capitate", "Capitate"),
    ("hamate", "Hamate"),
    *((f"base{n}", f"Metacarpal base {n}") for n in ("1", *_FINGERS)),
    *((f"head{n}", f"Metacarpal head {n}") for n in _FINGERS),
    *((f"phalanx{n}", f"Proximal phalanx base {n}") for n in _FINGERS),
)

_RAMRIS_JOINTS = (
    ("druj", "Distal radioulnar joint"),
    ("radiocarpal", "Radiocarpal joint"),
    ("intercarpal", "Intercarpal and carpometacarpal joints"),
    *((f"mcp{n}", f"MCP {n}") for n in _FINGERS),
)

_RAMRIS_SPACES = (
    ("rad_sca", "Radius and scaphoid"),
    ("rad_lun", "Radius and lunate"),
    ("sca_lun", "Scaphoid and lunate"),
    ("lun_tri", "Lunate and triquetrum"),
    ("trm_sca", "Trapezium and scaphoid"),
    ("trd_sca", "Trapezoid and scaphoid"),
    ("cap_sca", "Capitate and scaphoid"),
    ("cap_lun", "Capitate and lunate"),
    ("ham_tri", "Hamate and triquetrum"),
    ("trm_trd", "Trapezium and trapezoid"),
    ("trd_cap", "Trapezoid and capitate"),
    ("cap_ham", "Capitate and hamate"),
    *((f"cmc{n}", f"CMC {n}") for n in ("1", *_FINGERS)),
    *((f"mcp{n}", f"MCP {n}") for n in _FINGERS),
)

_RAMRIS_SHEATHS = (
    *((f"ext{n}", f"Extensor compartment {n}") for n in range(1, 7)),
    ("flex_ulnar", "Ulnar bursa with the flexors of the fingers"),
    ("flex_radial", "Sheath of flexor carpi radialis"),
    ("flex_thumb", "Radial bursa with flexor pollicis longus"),
    *((f"mcp{n}", f"Flexors at MCP {n}") for n in _FINGERS),
)

_HAND_JOINTS22 = (
    ("wrist", "wrist"),
    *((f"mcp{n}", f"MCP {n}") for n in range(1, 6)),
    ("ip1", "thumb IP"),
    *((f"pip{n}", f"PIP {n}") for n in range(2, 6)),
)


def _both_sides(joints: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (f"{side}_{joint}", f"{name} {words}")
        for side, name in (("r", "Right"), ("l", "Left"))
        for joint, words in joints
    )


_FINGER_JOINTS = (
    *((f"mcp{n}", f"MCP {n}") for n in range(1, 6)),
    *((f"pip{n}", f"PIP {n}") for n in range(2, 6)),
)
_SHS_HAND_EROSION = (
    *_FINGER_JOINTS,
    ("ip1", "thumb IP"),
    ("base1", "first metacarpal base"),
    ("multangular", "trapezium and trapezoid"),
    ("scaphoid", "scaphoid"),
    ("lunate", "lunate"),
    ("radius", "distal radius"),
    ("ulna", "distal ulna"),
)
_SHS_HAND_NARROWING = (
    *_FINGER_JOINTS,
    *((f"cmc{n}", f"CMC {n}") for n in range(3, 6)),
    ("stt", "scaphoid to trapezium and trapezoid"),
    ("scl", "capitate to scaphoid and lunate"),
    ("radiocarpal", "radiocarpal joint"),
)
_SHS_FOOT = (*((f"mtp{n}", f"MTP {n}") for n in range(1, 6)), ("ip1", "great toe IP"))
_SHS = "van der Heijde. J Rheumatol 2000;27:261-3 (Sharp/van der Heijde method)"

ROW_LISTS: Mapping[str, RowList] = {
    "ramris_bones": RowList(
        title="15 bones of the wrist and 8 of MCP joints 2 to 5",
        source="Østergaard et al. J Rheumatol 2003;30:1385-6 (OMERACT RAMRIS)",
        rows=_RAMRIS_BONES,
    ),
    "ramris_joints": RowList(
        title="3 joint regions of the wrist and MCP joints 2 to 5",
        source="Østergaard et al. J Rheumatol 2003;30:1385-6 (OMERACT RAMRIS)",
        rows=_RAMRIS_JOINTS,
    ),
    "ramris_spaces": RowList(
        title="17 joint spaces of the wrist and MCP joints 2 to 5",
        source="Østergaard et al. J Rheumatol 2017;44:1706-12 (OMERACT RAMRIS 2016); named as in J Rheumatol 2011;38:2045-50",
        rows=_RAMRIS_SPACES,
    ),
    "ramris_sheaths": RowList(
        title="9 tendon compartments of the wrist and the flexors at MCP joints 2 to 5",
        source="Østergaard et al. J Rheumatol 2017;44:1706-12 (OMERACT RAMRIS 2016)",
        rows=_RAMRIS_SHEATHS,
    ),
    "hand_joints22": RowList(
        title="Wrist, MCP 1 to 5, thumb IP and PIP 2 to 5 of both hands",
        source="The 22 hand joints of the 28-joint count with both wrists "
        "(Prevoo et al. Arthritis Rheum 1995;38:44-8)",
        rows=_both_sides(_HAND_JOINTS22),
    ),
    "shs_hand_erosion": RowList(
        title="16 areas of each hand and wrist scored for erosion",
        source=_SHS,
        rows=_both_sides(_SHS_HAND_EROSION),
    ),
    "shs_hand_narrowing": RowList(
        title="15 joints of each hand and wrist scored for joint space narrowing",
        source=_SHS,
        rows=_both_sides(_SHS_HAND_NARROWING),
    ),
    "shs_foot": RowList(
        title="6 joints of each foot",
        source=_SHS,
        rows=_both_sides(_SHS_FOOT),
    ),
}
