"""The only writers of reviews, queries, corrective actions, image measures and messages, one module each."""

from provident.web.qc.actions.capa import assign as assign
from provident.web.qc.actions.capa import check_effect as check_effect
from provident.web.qc.actions.capa import finish as finish
from provident.web.qc.actions.capa import open_action as open_action
from provident.web.qc.actions.capa import open_triggered as open_triggered
from provident.web.qc.actions.measures import choose as choose
from provident.web.qc.actions.measures import keep_measures as keep_measures
from provident.web.qc.actions.messages import mail_is_set_up as mail_is_set_up
from provident.web.qc.actions.messages import send as send
from provident.web.qc.actions.messages import tell as tell
from provident.web.qc.actions.messages import tell_verdict as tell_verdict
from provident.web.qc.actions.pilot import release_pilot as release_pilot
from provident.web.qc.actions.queries import ANSWERS as ANSWERS
from provident.web.qc.actions.queries import RESOLUTIONS as RESOLUTIONS
from provident.web.qc.actions.queries import answer as answer
from provident.web.qc.actions.queries import ask as ask
from provident.web.qc.actions.queries import ask_about_drift as ask_about_drift
from provident.web.qc.actions.queries import ask_about_indicator as ask_about_indicator
from provident.web.qc.actions.queries import ask_about_verdict as ask_about_verdict
from provident.web.qc.actions.queries import close as close
from provident.web.qc.actions.queries import escalate as escalate
from provident.web.qc.actions.queries import remind as remind
from provident.web.qc.actions.reviews import review as review
