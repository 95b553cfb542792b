"""What dose an exam gave, whether it is known, and whether the next exposure may be made."""

from provident.acquisition.dose.codes import DOSE_CODES as DOSE_CODES
from provident.acquisition.dose.exam import DOSE_TAGS as DOSE_TAGS
from provident.acquisition.dose.exam import exam_doses as exam_doses
from provident.acquisition.dose.factors import BUILT_IN as BUILT_IN
from provident.acquisition.dose.factors import FactorSet as FactorSet
from provident.acquisition.dose.factors import factor_set as factor_set
from provident.acquisition.dose.factors import named as named_factors
from provident.acquisition.dose.model import Event as Event
from provident.acquisition.dose.model import ExamDose as ExamDose
from provident.acquisition.dose.model import Kind as Kind
from provident.acquisition.dose.model import Source as Source
from provident.acquisition.dose.screens import Screen as Screen
from provident.acquisition.dose.screens import read_screen as read_screen


__all__ = [
    "BUILT_IN", "DOSE_CODES", "DOSE_TAGS", "Event", "ExamDose", "FactorSet", "Kind", "Screen", "Source",
    "exam_doses", "factor_set", "named_factors", "read_screen",
]  # fmt: skip
