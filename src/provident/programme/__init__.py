"""Joins the domains over one plan: cross-checks, coverage, visits, profiles, manuals, reads.

What needs imaging or numeric libraries is imported when it is first asked for, so that
checking a plan stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from provident.programme.check import Report as Report
from provident.programme.check import check_plan as check_plan
from provident.programme.coverage import Coverage as Coverage
from provident.programme.framework import framework as framework
from provident.programme.visits import SlotKind as SlotKind
from provident.programme.visits import VisitMatch as VisitMatch
from provident.programme.visits import slots_for as slots_for
from provident.programme.visits import visit_for as visit_for
from provident.programme.visits import window_dates as window_dates
from provident.programme.visits import window_days as window_days


if TYPE_CHECKING:
    from provident.programme.features import status_markdown as status_markdown
    from provident.programme.manuals import manual as manual
    from provident.programme.profiles import deid_profile as deid_profile
    from provident.programme.profiles import timepoint_id as timepoint_id
    from provident.programme.reads import form as form
    from provident.programme.reads import read_design as read_design
    from provident.programme.reads import read_designs as read_designs

_WHEN_ASKED = {
    "status_markdown": "features",
    "manual": "manuals",
    "deid_profile": "profiles",
    "timepoint_id": "profiles",
    "form": "reads",
    "read_design": "reads",
    "read_designs": "reads",
}


def __getattr__(name: str) -> Any:
    if name not in _WHEN_ASKED:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = import_module(f"provident.programme.{_WHEN_ASKED[name]}")
    return getattr(module, name)
