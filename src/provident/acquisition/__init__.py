"""Judge every arriving exam by the study's imaging manual, from facts alone."""

from provident.acquisition.codes import CODES as CODES
from provident.acquisition.codes import reference_markdown as reference_markdown
from provident.acquisition.exams import by_exam as by_exam
from provident.acquisition.exams import judge_exams as judge_exams
from provident.acquisition.exams import with_cut_short as with_cut_short
from provident.acquisition.exams import with_unread as with_unread
from provident.acquisition.judging import exam_kind as exam_kind
from provident.acquisition.judging import judge as judge
from provident.acquisition.manual import Manual as Manual
from provident.acquisition.manual import MatchRule as MatchRule
from provident.acquisition.manual import Role as Role
from provident.acquisition.manual import Waiver as Waiver
from provident.acquisition.manual import compile_manual as compile_manual
from provident.acquisition.verdict import ExamVerdict as ExamVerdict
from provident.acquisition.verdict import Measure as Measure
from provident.acquisition.verdict import SeriesVerdict as SeriesVerdict
from provident.acquisition.waivers import Circumstances as Circumstances
from provident.acquisition.waiving import Waivable as Waivable
from provident.acquisition.waiving import signed_waiver as signed_waiver
from provident.acquisition.waiving import waivable as waivable
