"""Quality control by people: due dates, scores, and what a decision needs."""

from provident.qc.days import due_on as due_on
from provident.qc.days import working_days_after as working_days_after
from provident.qc.scores import missing_scores as missing_scores
