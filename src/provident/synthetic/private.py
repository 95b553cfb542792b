"""Private elements as makers and archives write them: some harmless, some that identify.

Only the names of the private creators and the kinds of content follow real machines; the content is
made up. De-identification must keep what its profile allows and find the names in the rest.
"""

from __future__ import annotations

from pydicom import Dataset

from provident.synthetic.people import Patient
from provident.synthetic.scanner import Scanner


Row = tuple[int, str, object]  # element offset, VR, value


def add_private(ds: Dataset, patient: Patient, scanner: Scanner) -> None:
    """Put the maker's private blocks, and the archive's, into a dataset."""
    make = scanner.make.lower()
    if "siemens" in make:
        _siemens(ds, patient, scanner)
    elif make.startswith("ge"):
        _ge(ds, patient, scanner)
    elif "philips" in make:
        _philips(ds, scanner)
    elif "canon" in make or "toshiba" in make:
        _block(
            ds,
            0x700D,
            "TOSHIBA_MEC_MR3",
            [(0x00, "DS", "1.0"), (0x05, "DS", "2.5")],
        )
    # An image archive that links records of one person, and keeps the names it was sent.
    _block(
        ds, 0x0031, "MITRA LINKED ATTRIBUTES 1.0", [(0x20, "LO", patient.patient_id)]
    )
    names: list[Row] = [
        (0x02, "PN", patient.name),
        (0x06, "PN", ds.ReferringPhysicianName),
    ]
    _block(ds, 0x0033, "MITRA OBJECT UTF8 ATTRIBUTES 1.0", names)


def _block(ds: Dataset, group: int, creator: str, rows: list[Row]) -> None:
    block = ds.private_block(group, creator, create=True)
    for offset, vr, value in rows:
        block.add_new(offset, vr, value)


def _siemens(ds: Dataset, patient: Patient, scanner: Scanner) -> None:
    ascii_name = patient.name.encode("ascii", "replace").decode()
    protocol = (
        "### ASCCONV BEGIN ###\n"
        f'tProtocolName = "{ds.ProtocolName}"\n'
        f"sProtConsistencyInfo.flNominalB0 = {scanner.field or 0}\n"
        f'tPatientName = "{ascii_name}"\n'
        f'tPatientID = "{patient.patient_id}"\n'
        "### ASCCONV END ###"
    )
    content = protocol.encode()
    _block(ds, 0x0029, "SIEMENS CSA HEADER", [(0x08, "CS", "IMAGE NUM 4"), (0x10, "OB", content + b" " * (len(content) % 2))])  # fmt: skip
    if ds.Modality == "MR":
        _block(ds, 0x0019, "SIEMENS MR HEADER", [(0x08, "CS", "IMAGE NUM 4"), (0x0C, "IS", "0"), (0x12, "SL", [0, 0, -1200])])  # fmt: skip
        _block(
            ds,
            0x0051,
            "SIEMENS MR HEADER",
            [(0x0F, "LO", "T:HW1-16"), (0x16, "LO", "p2")],
        )


def _ge(ds: Dataset, patient: Patient, scanner: Scanner) -> None:
    _block(ds, 0x0009, "GEMS_IDEN_01", [(0x01, "LO", "GE_GENESIS_FF"), (0x02, "SH", scanner.station or scanner.id), (0x04, "SH", "SIGNA")])  # fmt: skip
    _block(
        ds, 0x0025, "GEMS_SERS_01", [(0x06, "SS", 1), (0x07, "SL", 16), (0x14, "SL", 1)]
    )
    if ds.Modality == "MR":
        _block(ds, 0x0043, "GEMS_PARM_01", [(0x39, "IS", [0, 0, 0, 0])])
        # A free field of the prescription page where radiographers note who was scanned.
        family = patient.name.split("^")[0].split("=")[0]
        _block(ds, 0x0019, "GEMS_ACQU_01", [(0x9C, "LO", "fse-xl"), (0x9E, "LO", f"pt {family}"[:60])])  # fmt: skip


def _philips(ds: Dataset, scanner: Scanner) -> None:
    if ds.Modality == "MR":
        _block(ds, 0x2001, "Philips Imaging DD 001", [(0x03, "FL", 0.0), (0x0B, "CS", "CORONAL"), (0xC8, "LO", f"Hands {scanner.institution}"[:60])])  # fmt: skip
        _block(
            ds,
            0x2005,
            "Philips MR Imaging DD 001",
            [(0x05, "CS", "N"), (0x86, "SS", 2)],
        )
