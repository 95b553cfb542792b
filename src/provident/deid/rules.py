"""What a profile does with each attribute: the table, the options, the overrides, and what neither names.

The order: what is never let through; what Provident writes itself; the study's override; the
table with its options; the kind of the value. Unknown is removed.
"""

from __future__ import annotations

from enum import IntEnum
from functools import cache

from provident.deid.profile import Action, Profile
from provident.deid.table import OPTION_COLUMNS, PrivateRule, Row, rows, safe_private
from provident.deid.vrs import (
    DATE_VRS,
    FREE_TEXT_VRS,
    TEXT_VRS,
    is_standard,
    keyword_of,
    names_a_definition,
    vr_of,
)


class Do(IntEnum):
    """What the engine does with one element."""

    KEEP = 0
    REMOVE = 1
    EMPTY = 2
    DUMMY = 3
    HASH = 4
    SHIFT = 5
    CLEAN = 6  # text, in depth
    FORMS = 7  # text, by identifiers and forms
    LIGHT = 8  # text, by identifiers alone
    RECURSE = 9
    AGE = 10
    BIRTH = 11
    CSA = 13  # a maker's blob, written anew with its parameters alone
    NUMBER = 12  # a number in characters: kept when it is one


_PLAN_ACTIONS = {
    Action.KEEP: Do.KEEP,
    Action.REMOVE: Do.REMOVE,
    Action.EMPTY: Do.EMPTY,
    Action.DUMMY: Do.DUMMY,
    Action.CLEAN: Do.CLEAN,
    Action.HASH: Do.HASH,
    Action.SHIFT: Do.SHIFT,
}

# Groups that hold nothing that an image needs, or that Provident writes anew.
_GONE_GROUPS = frozenset({0x0000, 0x0002, 0x0004, 0x0006, 0x0012, 0xFFFA, 0xFFFC})
_GONE = frozenset(
    {
        0x00880200,  # icon image sequence
        0x00287FE0,  # pixel data provider URL
        0x00280301,  # burned in annotation: written by what was looked at
        0x00280302,  # recognizable visual features: likewise
        0x00280303,  # longitudinal temporal information modified: written
        0x00080001,
        0x00100021,
        0x00100022,
        0x00100024,
    }
)
WRITTEN = frozenset({0x00100010, 0x00100020})
PATIENT_AGE, BIRTH_DATE, TIMEZONE = 0x00101010, 0x00100030, 0x00080201
CODE_MEANING = 0x00080104
# Sequences whose items are emptied element by element; all others are emptied whole, since
# codes of persons and institutions identify as well as names do.
_ITEMS_STAY = frozenset({0x0040A730, 0x00700001, 0x0040A073, 0x00340001})
_PROSE = ("Description", "Comment", "Title", "Text", "Reason", "Remarks", "History", "Label", "Notes", "Instruction")  # fmt: skip
# Names that a person types, of beams, protocols and the like.
_TYPED = frozenset(
    (
        "BeamName", "BlockName", "WedgeName", "StageName", "ViewName", "RTImageName", "TreatmentProtocols", "PatientAdditionalPosition", "DataSetName",
        "ApplicationSetupName", "TemplateName", "ProtocolElementName", "AcquisitionProtocolName", "PatientReliabilityIndicator", "HangingProtocolName",
        "HangingProtocolCreator", "HangingProtocolUserGroupName", "ConfigurationName", "OwnerID", "CompressionOriginator", "PatientSetupLabel", "DataSetSource",
        "ManipulatedImage", "ImplantTemplateGroupName", "SurgicalTechnique", "SetupDeviceLabel", "RadiationMachineName", "PrinterName",
    )
)  # fmt: skip
# Not in the table, and tell of a person, a place or a transaction all the same.
_TELLING = frozenset(
    (
        "PatientBirthDateInAlternativeCalendar", "PatientDeathDateInAlternativeCalendar", "StrainStockNumber", "BreedRegistrationNumber", "ContactDisplayName",
        "PlacerOrderNumberProcedure", "FillerOrderNumberProcedure", "PlacerOrderNumberImagingServiceRequestRetired",
        "FillerOrderNumberImagingServiceRequestRetired", "NTPSourceAddress", "PrintJobID", "PrintQueueID", "StorageMediaFileSetID", "AssignedLocation",
        "BoardingPassID", "ItineraryID", "ItineraryIDAssigningAuthority", "RouteID", "RouteIDAssigningAuthority", "RouteSegmentID", "RouteSegmentStartLocationID",
        "RouteSegmentEndLocationID", "CarrierID", "ReferenceToRecordedSound", "CodingSchemeResponsibleOrganization", "ProductLotIdentifier",
        "AuthorizationEquipmentCertificationNumber", "ComponentWelderIDs", "LocalNamespaceEntityID", "UniversalEntityID",
    )
)  # fmt: skip
GRAPHICS, UNFORMATTED_TEXT = 113103, 0x00700006
_STRING_NUMBERS = frozenset({"DS", "IS"})


class Rules:
    """A profile compiled for one SOP class."""

    def __init__(self, profile: Profile, sop_class: str) -> None:
        self.profile = profile
        self._columns = [
            OPTION_COLUMNS[o] for o in sorted(profile.options) if o in OPTION_COLUMNS
        ]
        self._overrides = {
            o.tag: o.action
            for o in sorted(profile.overrides, key=lambda o: o.sop_class)
            if o.sop_class in ("", sop_class)
        }
        self._reasons = {
            o.tag: o.why
            for o in sorted(profile.overrides, key=lambda o: o.sop_class)
            if o.sop_class in ("", sop_class)
        }
        self._private: dict[tuple[str, int, int], PrivateRule] = {}
        if 113111 in profile.options:
            self._private = dict(_shipped())
        self._private |= {rule.key: rule for rule in profile.private}
        self._known: dict[tuple[int, str], Do] = {}

    def private(self, creator: str, tag: int) -> PrivateRule | None:
        """The rule that lets a private element stay, if there is one."""
        return self._private.get((creator.strip().casefold(), tag >> 16, tag & 0xFF))

    @property
    def retained(self) -> frozenset[int]:
        """Attributes that tell of a device or institution and stay by the study's own choice."""
        kept = {"device", "institution"} & set(self._columns)
        by_option = {
            tag
            for tag, row in rows().items()
            if any(row.options.get(column) == "K" for column in kept)
        }
        by_override = {t for t, a in self._overrides.items() if a is Action.KEEP}
        return frozenset((by_option | by_override) - WRITTEN)

    def why(self, tag: int) -> str:
        """The rule that decides on a standard attribute, in words."""
        if tag in WRITTEN or tag >> 16 == 0x0012:
            return "Provident writes who, which trial and what was done"
        if not is_standard(tag):
            return "no dictionary knows it"
        if self._never(tag):
            return "never passed on"
        if tag == BIRTH_DATE:
            return f"birth date: {self.profile.birth_date}"
        if tag in self._reasons:
            return self._reasons[tag]
        row = rows().get(tag)
        if row is None:
            return "not in the standard's table: by the kind of its value"
        told = [f"{c} {row.options[c]}" for c in self._columns if c in row.options]
        return f"PS3.15 Table E.1-1: {', '.join([row.basic, *told])}"

    def must_have_value(self, tag: int) -> bool:
        """Whether the table gives an attribute a dummy rather than no value (Type 1 in some object)."""
        row = rows().get(tag)
        return row is not None and row.basic == "D"

    def of(self, tag: int, vr: str) -> Do:
        """What to do with a standard element of this tag and VR."""
        known = self._known.get((tag, vr))
        if known is None:
            known = self._known[tag, vr] = self._decide(tag, vr)
        return known

    def _decide(self, tag: int, vr: str) -> Do:
        if self._never(tag):
            return Do.REMOVE
        if tag == BIRTH_DATE:
            return Do.BIRTH
        override = self._overrides.get(tag)
        if override is not None:
            return self._as_asked(_PLAN_ACTIONS[override], vr)
        row = rows().get(tag)
        if row is not None:
            return self._by_row(row, vr)
        return self.by_kind(tag, vr)

    def _never(self, tag: int) -> bool:
        group = tag >> 16
        return (
            group in _GONE_GROUPS
            or tag in _GONE
            or tag in WRITTEN
            or tag & 0xFFFF == 0
            or 0x5000 <= group <= 0x50FF
            or 0x6000 <= group <= 0x60FF
            or not is_standard(tag)
        )

    def _as_asked(self, do: Do, vr: str) -> Do:
        """An action in the form that the kind of value allows."""
        if vr == "SQ" and do in (Do.KEEP, Do.CLEAN, Do.SHIFT, Do.HASH):
            return Do.RECURSE
        if do is Do.CLEAN and vr not in TEXT_VRS:
            return (
                Do.SHIFT
                if vr in DATE_VRS
                else Do.LIGHT
                if vr in ("CS", "AE")
                else Do.KEEP
            )
        return do

    def _by_row(self, row: Row, vr: str) -> Do:
        told = [row.options[c] for c in self._columns if c in row.options]
        if row.tag == UNFORMATTED_TEXT and GRAPHICS in self.profile.options:
            return (
                Do.CLEAN
            )  # what the option says of the annotation, whose text this is
        if told:
            return self._optional(row, vr, told)
        return _basic(row.basic, vr, row.tag)

    def _optional(self, row: Row, vr: str, told: list[str]) -> Do:
        if row.tag == PATIENT_AGE:
            return Do.AGE
        if row.tag == TIMEZONE and 113106 not in self.profile.options:
            return (
                Do.REMOVE
            )  # it tells where the scanner stands, and no interval needs it
        if vr == "SQ":
            return Do.RECURSE
        if vr in ("DA", "DT") or vr == "TM":
            return self._temporal(row, vr)
        if "modified_dates" in self._columns and "modified_dates" in row.options:
            return Do.REMOVE  # a time stamp in binary: it cannot be moved
        if "C" not in told and vr in ("PN", "UI"):
            return Do.KEEP
        if "C" in told and vr in FREE_TEXT_VRS and self.profile.comments == "remove":
            return _basic(row.basic, vr, row.tag)
        if "C" in told and vr in TEXT_VRS:
            return Do.CLEAN
        if vr in TEXT_VRS or vr in ("CS", "AE"):
            # What a site or a device is called stays as it is; of a person's traits, the traits.
            named = {"device", "institution"} & set(row.options)
            return Do.KEEP if named and "C" not in told else Do.LIGHT
        return Do.NUMBER if vr in _STRING_NUMBERS else Do.KEEP

    def _temporal(self, row: Row, vr: str) -> Do:
        if 113106 in self.profile.options:
            return Do.KEEP
        if 113107 not in self.profile.options:
            return _basic(row.basic, vr, row.tag)
        if vr == "TM":
            return (
                Do.NUMBER if self.profile.keep_time else _basic(row.basic, vr, row.tag)
            )
        return Do.SHIFT

    def by_kind(self, tag: int, vr: str) -> Do:
        """What the standard's table does not name: by the kind of the value."""
        if vr == "SQ":
            return Do.RECURSE
        if vr in ("PN", "UR"):
            return Do.REMOVE
        if vr == "UI":
            return self._uid(tag)
        if vr in DATE_VRS:
            return self._date()
        if vr in TEXT_VRS:
            return self._unlisted_text(tag, vr)
        if vr in ("CS", "AE"):
            return Do.LIGHT
        if vr in _STRING_NUMBERS or vr == "TM":
            return Do.NUMBER
        if vr == "AS":
            return Do.AGE
        return Do.REMOVE if vr == "UN" and vr_of(tag) == "UN" else Do.KEEP

    def _uid(self, tag: int) -> Do:
        if names_a_definition(tag):
            return Do.KEEP
        return Do.KEEP if 113110 in self.profile.options else Do.HASH

    def _date(self) -> Do:
        if 113106 in self.profile.options:
            return Do.KEEP
        return Do.SHIFT if 113107 in self.profile.options else Do.REMOVE

    def _unlisted_text(self, tag: int, vr: str) -> Do:
        if tag == CODE_MEANING:
            return Do.FORMS
        keyword = keyword_of(tag)
        if keyword in _TELLING:
            return Do.REMOVE
        if keyword == "CodingSchemeName":
            return Do.FORMS
        prose = vr in FREE_TEXT_VRS or any(w in keyword for w in _PROSE)
        if not prose and keyword not in _TYPED:
            return Do.LIGHT
        return Do.CLEAN if 113105 in self.profile.options else Do.REMOVE


@cache
def _shipped() -> dict[tuple[str, int, int], PrivateRule]:
    return {rule.key: rule for rule in safe_private()}


def _basic(action: str, vr: str, tag: int) -> Do:
    """The basic profile's action; of a compound, the one that keeps any object valid."""
    if "U" in action:
        return Do.RECURSE if vr == "SQ" else Do.HASH
    if "D" in action:
        if vr == "SQ":
            return Do.RECURSE if tag in _ITEMS_STAY else Do.EMPTY
        return Do.DUMMY
    return Do.EMPTY if "Z" in action else Do.REMOVE
