"""The only writers of the work on the plan, of amendments and of exceptions for closed flows."""

from provident.web.planning.actions.amendments import acknowledge as acknowledge
from provident.web.planning.actions.amendments import approve as approve
from provident.web.planning.actions.amendments import draft as draft
from provident.web.planning.actions.amendments import put_in_force as put_in_force
from provident.web.planning.actions.amendments import remark as remark
from provident.web.planning.actions.amendments import send_back as send_back
from provident.web.planning.actions.amendments import set_starts as set_starts
from provident.web.planning.actions.amendments import submit as submit
from provident.web.planning.actions.amendments import withdraw as withdraw
from provident.web.planning.actions.flows import end_exception as end_exception
from provident.web.planning.actions.flows import let_pass as let_pass
from provident.web.planning.actions.flows import pass_or_hold as pass_or_hold
from provident.web.planning.actions.work import assign as assign
from provident.web.planning.actions.work import comment as comment
from provident.web.planning.actions.work import end_waiver as end_waiver
from provident.web.planning.actions.work import finish as finish
from provident.web.planning.actions.work import sign_domain as sign_domain
from provident.web.planning.actions.work import waive as waive
