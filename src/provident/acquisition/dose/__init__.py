"""What dose an exam gave, whether it is known, and whether the next exposure may be made."""

from provident.acquisition.dose.codes import DOSE_CODES as DOSE_CODES
from provident.acquisition.dose.entered import entered_event as entered_event
from provident.acquisition.dose.exam import DOSE_TAGS as DOSE_TAGS
from provident.acquisition.dose.exam import exam_doses as exam_doses
from provident.acquisition.dose.exam import totals_of as totals_of
from provident.acquisition.dose.factor_tables import factor_table as factor_table
from provident.acquisition.dose.factors import BUILT_IN as BUILT_IN
from provident.acquisition.dose.factors import FactorSet as FactorSet
from provident.acquisition.dose.factors import factor_set as factor_set
from provident.acquisition.dose.factors import named as named_factors
from provident.acquisition.dose.ledger import Constraint as Constraint
from provident.acquisition.dose.ledger import Entry as Entry
from provident.acquisition.dose.ledger import Gate as Gate
from provident.acquisition.dose.ledger import Ledger as Ledger
from provident.acquisition.dose.ledger import Level as Level
from provident.acquisition.dose.ledger import Limit as Limit
from provident.acquisition.dose.ledger import SignOff as SignOff
from provident.acquisition.dose.ledger import Standing as Standing
from provident.acquisition.dose.ledger import constraint_of as constraint_of
from provident.acquisition.dose.ledger import entry_of as entry_of
from provident.acquisition.dose.ledger import exam_findings as exam_findings
from provident.acquisition.dose.ledger import expected_of as expected_of
from provident.acquisition.dose.levels import compare as compare_with_level
from provident.acquisition.dose.levels import level as reference_level
from provident.acquisition.dose.levels import levels as reference_levels
from provident.acquisition.dose.model import Event as Event
from provident.acquisition.dose.model import ExamDose as ExamDose
from provident.acquisition.dose.model import Kind as Kind
from provident.acquisition.dose.model import Source as Source
from provident.acquisition.dose.screens import Screen as Screen
from provident.acquisition.dose.screens import read_screen as read_screen


__all__ = [
    "BUILT_IN", "DOSE_CODES", "DOSE_TAGS", "Constraint", "Entry", "Event", "ExamDose", "FactorSet", "Gate", "Kind",
    "Ledger", "Level", "Limit", "Screen", "SignOff", "Source", "Standing", "compare_with_level", "constraint_of",
    "entered_event", "entry_of", "exam_doses", "exam_findings", "expected_of", "factor_set", "factor_table",
    "named_factors", "read_screen", "reference_level", "reference_levels", "totals_of",
]  # fmt: skip
