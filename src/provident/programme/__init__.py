"""Joins the domains over one plan: cross-checks, coverage, visits, profiles, manuals."""

from provident.programme.visits import SlotKind as SlotKind
from provident.programme.visits import VisitMatch as VisitMatch
from provident.programme.visits import slots_for as slots_for
from provident.programme.visits import visit_for as visit_for
from provident.programme.visits import window_dates as window_dates
from provident.programme.visits import window_days as window_days
