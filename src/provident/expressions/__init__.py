"""The one expression language of a plan: conditions, derivations, triggers.

A subset of Python's grammar, parsed by `ast` and run by our own evaluator; Python itself never evaluates it.
A missing value is carried through every operation with its reason, so that nothing is ever counted as 0 by mistake.
"""

from provident.expressions.compiler import Expression as Expression
from provident.expressions.compiler import compile_expression as compile_expression
from provident.expressions.errors import ExpressionError as ExpressionError
from provident.expressions.functions import STANDARD as STANDARD
from provident.expressions.functions import Function as Function
from provident.expressions.kinds import Kind as Kind
from provident.expressions.kinds import NameType as NameType
from provident.expressions.kinds import Of as Of
from provident.expressions.kinds import Record as Record
from provident.expressions.syntax import WORDS as WORDS
from provident.expressions.tables import Table as Table
from provident.expressions.values import MISSING as MISSING
from provident.expressions.values import Missing as Missing
from provident.expressions.values import Value as Value
