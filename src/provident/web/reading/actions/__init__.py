"""The only writers of reading, one module each: cases, orders, reads, decisions, reads beside the blinded ones."""

from provident.web.reading.actions.at_scan import attach_clips as attach_clips
from provident.web.reading.actions.at_scan import sign_scan_read as sign_scan_read
from provident.web.reading.actions.cases import prepare_cases as prepare_cases
from provident.web.reading.actions.cases import store_copies as store_copies
from provident.web.reading.actions.deciding import answer_technical as answer_technical
from provident.web.reading.actions.deciding import ask_technical as ask_technical
from provident.web.reading.actions.deciding import choose as choose
from provident.web.reading.actions.deciding import read_again as read_again
from provident.web.reading.actions.deciding import (
    release_to_adjudication as release_to_adjudication,
)
from provident.web.reading.actions.orders import draw as draw
from provident.web.reading.actions.orders import fix_limit as fix_limit
from provident.web.reading.actions.qualifying import Origin as Origin
from provident.web.reading.actions.qualifying import begin_attempt as begin_attempt
from provident.web.reading.actions.qualifying import end_attempt as end_attempt
from provident.web.reading.actions.qualifying import import_set as import_set
from provident.web.reading.actions.qualifying import keep_images as keep_images
from provident.web.reading.actions.reads import LastStage as LastStage
from provident.web.reading.actions.reads import Stale as Stale
from provident.web.reading.actions.reads import lock_stage as lock_stage
from provident.web.reading.actions.reads import open_case as open_case
from provident.web.reading.actions.reads import save_draft as save_draft
from provident.web.reading.actions.reads import submit as submit
from provident.web.reading.actions.repeating import draw_repeats as draw_repeats
from provident.web.reading.actions.replacing import Change as Change
from provident.web.reading.actions.replacing import replace_reader as replace_reader
from provident.web.reading.actions.side import (
    acknowledge_finding as acknowledge_finding,
)
from provident.web.reading.actions.side import ask_side_read as ask_side_read
from provident.web.reading.actions.side import read_for_safety as read_for_safety
from provident.web.reading.actions.side import report as report
from provident.web.reading.actions.side import tell_clinician as tell_clinician
