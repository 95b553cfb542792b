"""The only writers of gateways, transfers, quarantines and transfer tests, one module each."""

from provident.web.intake.actions.gateways import OPERATOR as OPERATOR
from provident.web.intake.actions.gateways import Runs as Runs
from provident.web.intake.actions.gateways import Signed as Signed
from provident.web.intake.actions.gateways import ensure_built_in as ensure_built_in
from provident.web.intake.actions.gateways import register_gateway as register_gateway
from provident.web.intake.actions.gateways import revoke_gateway as revoke_gateway
from provident.web.intake.actions.gateways import seen as seen
from provident.web.intake.actions.numbers import link_number as link_number
from provident.web.intake.actions.numbers import look_at_numbers as look_at_numbers
from provident.web.intake.actions.numbers import unlink_number as unlink_number
from provident.web.intake.actions.quarantine import Held as Held
from provident.web.intake.actions.quarantine import decide as decide
from provident.web.intake.actions.quarantine import decision_done as decision_done
from provident.web.intake.actions.quarantine import note_held as note_held
from provident.web.intake.actions.quarantine import note_look as note_look
from provident.web.intake.actions.quarantine import note_review as note_review
from provident.web.intake.actions.quarantine import note_words as note_words
from provident.web.intake.actions.tests import ask_for_test as ask_for_test
from provident.web.intake.actions.tests import record_test as record_test
from provident.web.intake.actions.transfers import announce as announce
from provident.web.intake.actions.transfers import complete as complete
from provident.web.intake.actions.transfers import note_refused as note_refused
