"""The codes of findings about a plan's files: public, documented, never reused."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A finding code with what it means and what to do, for the catalogue."""

    code: str
    means: str
    remedy: str


SYNTAX = Code(
    code="PLAN.SYNTAX",
    means="The file is not YAML 1.2 that can be read.",
    remedy="Mend the line named; often a quote, a bracket, a colon or the indentation.",
)
TAB = Code(
    code="PLAN.TAB",
    means="A line is indented with a tab, which YAML does not allow.",
    remedy="Indent with spaces.",
)
ENCODING = Code(
    code="PLAN.ENCODING",
    means="The file is not UTF-8 text, or holds a character that no text may hold.",
    remedy="Save the file as UTF-8, and leave control characters out.",
)
TOO_BIG = Code(
    code="PLAN.TOO_BIG",
    means="A file or the whole folder is larger than a plan can be.",
    remedy="Keep images and tables out of YAML files; a YAML file may have 1 MB, a plan 64 MB.",
)
ALIAS = Code(
    code="PLAN.ALIAS",
    means="The file uses an anchor (&), an alias (*) or a tag (!), which a plan may not.",
    remedy="Write the value out where it is needed; quote a text that starts with one of these signs.",
)
DUPLICATE_KEY = Code(
    code="PLAN.DUPLICATE_KEY",
    means="A mapping names the same key twice, so that one of the two would be lost.",
    remedy="Remove or rename one of them.",
)
DEPTH = Code(
    code="PLAN.DEPTH",
    means="The file is nested deeper than any plan needs.",
    remedy="Flatten it; 32 levels are allowed.",
)
UNKNOWN_FILE = Code(
    code="PLAN.UNKNOWN_FILE",
    means="The folder holds a YAML file that is no part of a plan.",
    remedy="Rename it to one of the files that a plan has, or move it out of the folder.",
)
MISSING_FILE = Code(
    code="PLAN.MISSING_FILE",
    means="A file that the plan needs, or that the plan names, is not in the folder.",
    remedy="Add the file; `provident new` writes a starting point for each.",
)
UNKNOWN_KEY = Code(
    code="PLAN.UNKNOWN_KEY",
    means="A key is not one that this part of the plan can have.",
    remedy="Correct the spelling or remove it.",
)
MISSING_KEY = Code(
    code="PLAN.MISSING_KEY",
    means="A key that this part of the plan must have is not there.",
    remedy="Add it.",
)
VALUE = Code(
    code="PLAN.VALUE",
    means="A value is not of the kind that its key takes.",
    remedy="Write a value of the expected kind.",
)
REFERENCE = Code(
    code="PLAN.REFERENCE",
    means="A name refers to something that the plan does not define.",
    remedy="Correct the name, or define what it refers to.",
)
DUPLICATE_ID = Code(
    code="PLAN.DUPLICATE_ID",
    means="Two files define the same thing.",
    remedy="Give one of them another name or remove it.",
)

CODES: tuple[Code, ...] = (
    SYNTAX,
    TAB,
    ENCODING,
    TOO_BIG,
    ALIAS,
    DUPLICATE_KEY,
    DEPTH,
    UNKNOWN_FILE,
    MISSING_FILE,
    UNKNOWN_KEY,
    MISSING_KEY,
    VALUE,
    REFERENCE,
    DUPLICATE_ID,
)
