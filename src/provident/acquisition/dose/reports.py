"""Read dose reports: CT (TID 10011), projection (10001), administration (10021) and the enhanced one (10040).

Events are found by what their containers are called, not by where they stand: vendors
nest them differently. A value that cannot be read is said to be unread and never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from pydicom.dataset import Dataset

from provident.acquisition.dose.content import (
    Code,
    Node,
    code_of,
    measured_value,
    plain_number,
    text,
)
from provident.acquisition.dose.model import AMOUNTS, MAIN, Event, Kind, Report, Source
from provident.acquisition.dose.units import ABSENT, Reading


SOP_CLASS, SOP_UID, STUDY = 0x00080016, 0x00080018, 0x0020000D
TITLE = 0x0040A043
DOSE_CLASSES = frozenset(
    f"1.2.840.10008.5.1.4.1.1.88.{n}" for n in (67, 68, 75, 76)
)  # X-Ray, radiopharmaceutical, patient and enhanced X-Ray radiation dose SR
ADMINISTRATIONS = "113500"  # Radiopharmaceutical Radiation Dose Report
ESTIMATES = "128401"  # Patient Radiation Dose Report: organ doses by a model
TITLES = frozenset(("113701", ADMINISTRATIONS, ESTIMATES))
CT_EVENT, XRAY_EVENT, ADMINISTRATION, SUMMARY = "113819", "113706", "113502", "130501"
CT_TOTALS, XRAY_TOTALS, SUMMARY_TOTALS = "113811", "113702", "130500"
SUMMARY_TITLE = (
    "Radiation Summary Report"  # Siemens' own, of mobile C-arms (99SMS_RADSUM)
)
_SUMMARY = {
    "dap_gycm2": ("dose area product", "C-204"),
    "fluoro_s": ("time", "C-202"),
    "air_kerma_rp_mgy": ("absorbed dose", "C-210"),
}
_EVENTS = frozenset((CT_EVENT, XRAY_EVENT, ADMINISTRATION, SUMMARY))
_TEXT, _UID, _TIME = 0x0040A160, 0x0040A124, 0x0040A120
_UIDS = ("113769", "113853", "113503")
_STARTS = ("113809", "111526", "123003")
_PHANTOMS = {"113690": 16, "113691": 32}  # IEC head and body dosimetry phantom, cm
_LOCALIZERS = ("113805",)  # Constant Angle Acquisition
_MAMMOGRAPHY = ("71651007", "P5-40010")
_LATERALITY = ("272741003", "G-C171")
_TRACERS = ("349358000", "F-61FDB", "C-B1000")

# amount of an event -> the concept codes of its number
_NUMBERS = {
    "dlp_mgycm": ("113838",),
    "ctdivol_mgy": ("113830",),
    "dap_gycm2": ("122130",),
    "air_kerma_rp_mgy": ("113738",),
    "agd_mgy": ("111631",),
    "activity_mbq": ("113507",),
    "effective_stated_msv": ("113839",),
}
# total -> what it measures, and the concept codes of its number
_TOTALS = {
    "dlp_mgycm": ("dose length product", ("113813",)),
    "dap_gycm2": ("dose area product", ("113722",)),
    "air_kerma_rp_mgy": ("absorbed dose", ("113725",)),
    "fluoro_s": ("time", ("113730",)),
}
_ACCUMULATED_GLANDULAR = "111637"


def is_report(header: Dataset) -> bool:
    """Whether a header is that of a dose report, by its class or (older scanners) by its title."""
    title = code_of(header, TITLE)
    return (
        text(header, SOP_CLASS) in DOSE_CLASSES
        or title.value in TITLES
        or title.meaning == SUMMARY_TITLE
    )


def read_report(header: Dataset) -> Report:
    """What a dose report says. It never fails: what cannot be read is unread."""
    root = Node(header)
    if code_of(header, TITLE).meaning == SUMMARY_TITLE:
        return _summary(root)
    uid, study = text(header, SOP_UID), text(header, STUDY)
    title = code_of(header, TITLE).value
    estimates = title == ESTIMATES
    mammography = root.coded("121058").value in _MAMMOGRAPHY
    events = tuple(
        _event(node, uid, study, mammography)
        for node in ([] if estimates else root.within(stop=_EVENTS))
        if node.name.value in _EVENTS
    )
    totals = [
        n
        for n in root.within(stop=_EVENTS)
        if n.name.value in (CT_TOTALS, XRAY_TOTALS, SUMMARY_TOTALS)
    ]
    count = plain_number(root.first("113812"))
    return Report(
        uid=uid,
        study_uid=study,
        device=_device(header),
        at=_at(header),
        kinds=tuple(sorted({e.kind for e in events} or _announced(totals, title))),
        events=events,
        stated={} if estimates else _stated(totals),
        events_stated=int(count) if count is not None else None,
        partial=text(header, 0x0040A491) == "PARTIAL",
        words="estimates" if estimates else "",
    )


def _summary(root: Node) -> Report:
    """Siemens' summary: totals alone, in codes of its own."""
    readings = {name: root.number(*where) for name, where in _SUMMARY.items()}
    return Report(
        uid=text(root.ds, SOP_UID),
        study_uid=text(root.ds, STUDY),
        device=_device(root.ds),
        at=_at(root.ds),
        kinds=(Kind.PROJECTION,),
        events=(),
        stated={n: r for n, r in readings.items() if r is not ABSENT},
        words="summary",
    )


def _device(header: Dataset) -> str:
    """What tells machines apart: maker, model, serial number."""
    return "|".join(text(header, tag) for tag in (0x00080070, 0x00081090, 0x00181000))


def _at(header: Dataset) -> str:
    return text(header, 0x00080023) + text(header, 0x00080033)


def _announced(totals: Sequence[Node], title: str) -> set[Kind]:
    """The kinds that a report without events would have had."""
    if title == ADMINISTRATIONS:
        return {Kind.ADMINISTRATION}
    names = {node.name.value for node in totals}
    kinds = {Kind.CT} if CT_TOTALS in names else set()
    if XRAY_TOTALS in names:
        glandular = any(node.first(_ACCUMULATED_GLANDULAR) for node in totals)
        kinds.add(Kind.MAMMOGRAPHY if glandular else Kind.PROJECTION)
    return kinds


def _event(node: Node, report: str, study: str, mammography: bool) -> Event:
    kind = _kind(node, mammography)
    amounts, unread = _amounts(node, kind)
    agent = _tracer(node)
    technique = node.coded("113820", "113721")
    region = node.coded("123014")
    return Event(
        kind=kind,
        source=Source.REPORT,
        uid=node.said(_UID, *_UIDS),
        plane=_plane(node),
        study_uid=study,
        read_from=report,
        started=node.said(_TIME, *_STARTS),
        protocol=node.said(_TEXT, "125203"),
        region=region.meaning,
        view=node.coded("111031").meaning,
        technique=technique.meaning,
        localizer=technique.value in _LOCALIZERS,
        side=_side(node),
        phantom_cm=_PHANTOMS.get(node.coded("113835").value),
        tracer=agent.meaning,
        tracer_code=agent.value,
        amounts=amounts,
        unread=unread,
    )


def _kind(node: Node, mammography: bool) -> Kind:
    name = node.name.value
    if name == ADMINISTRATION:
        return Kind.ADMINISTRATION
    if name == CT_EVENT or (name == SUMMARY and node.first("113838", "113830")):
        return Kind.CT
    if mammography or node.first("111631"):
        return Kind.MAMMOGRAPHY
    return Kind.PROJECTION


def _amounts(node: Node, kind: Kind) -> tuple[dict[str, float], dict[str, str]]:
    readings = {
        name: node.number(AMOUNTS[name], *codes) for name, codes in _NUMBERS.items()
    }
    unread = {
        name: r.why
        for name, r in readings.items()
        if r.value is None and (r is not ABSENT or name == MAIN[kind])
    }
    return {n: r.value for n, r in readings.items() if r.value is not None}, unread


def _plane(node: Node) -> str:
    """`A` or `B` of a biplane machine: both planes may share one event's UID."""
    return {"113620": "A", "113621": "B"}.get(node.coded("113764").value, "")


def _side(node: Node) -> str:
    """The breast or side, from the laterality or from the region's own words."""
    for code in (node.coded(*_LATERALITY), node.coded("123014")):
        side = side_in(code)
        if side:
            return side
    return ""


def side_in(code: Code) -> str:
    """`left` or `right` as a code's meaning says it."""
    words = code.meaning.lower().split()
    return next((side for side in ("left", "right") if side in words), "")


def _tracer(node: Node) -> Code:
    agent = node.coded(*_TRACERS)
    if agent.value:
        return agent
    named = (
        n for n in node.within() if "pharmaceutical agent" in n.name.meaning.lower()
    )
    found = next(named, None)
    return found.code if found else Code()


def _stated(totals: Iterable[Node]) -> Mapping[str, Reading]:
    """The totals that the machine states; the planes of a biplane machine together."""
    stated: dict[str, Reading] = {}
    for node in totals:
        for name, (measured, codes) in _TOTALS.items():
            reading = node.number(measured, *codes)
            if reading is not ABSENT:
                stated[name] = _plus(stated.get(name), reading)
        for breast in node.within():
            if breast.name.value == _ACCUMULATED_GLANDULAR:
                side = side_in(breast.coded(*_LATERALITY)) or "both"
                reading = measured_value(breast, "absorbed dose")
                stated[f"agd_{side}_mgy"] = _plus(
                    stated.get(f"agd_{side}_mgy"), reading
                )
    return stated


def _plus(before: Reading | None, more: Reading) -> Reading:
    if before is None or before.value is None or more.value is None:
        return more if before is None or more.value is None else before
    return Reading(before.value + more.value)
