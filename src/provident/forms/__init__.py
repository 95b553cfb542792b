"""Forms: what is asked, what may be answered, what follows from the answers."""

from provident.forms.check import check_answers as check_answers
from provident.forms.codes import CODES as CODES
from provident.forms.columns import Column as Column
from provident.forms.columns import columns as columns
from provident.forms.compile import compile_form as compile_form
from provident.forms.derive import NOT_EVALUABLE as NOT_EVALUABLE
from provident.forms.derive import Evaluated as Evaluated
from provident.forms.derive import derive as derive
from provident.forms.derive import evaluate_series as evaluate_series
from provident.forms.entries import acceptance_test as acceptance_test
from provident.forms.entries import synthetic_answers as synthetic_answers
from provident.forms.expand import Expanded as Expanded
from provident.forms.expand import expand as expand
from provident.forms.form import Form as Form
from provident.forms.model import Answer as Answer
from provident.forms.model import Answers as Answers
from provident.forms.model import Choice as Choice
from provident.forms.model import Derivation as Derivation
from provident.forms.model import Field as Field
from provident.forms.model import Gate as Gate
from provident.forms.model import Grid as Grid
from provident.forms.shipped import SCORES as SCORES
from provident.forms.shipped import score as score
from provident.forms.shipped import score_file as score_file
