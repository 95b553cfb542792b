"""De-identification: a profile, a key and a subject in; bytes in, bytes out, or a reason to wait."""

from provident.deid.engine import Workbench as Workbench
from provident.deid.engine import deidentify as deidentify
from provident.deid.engine import gather as gather
from provident.deid.explain import Change as Change
from provident.deid.explain import explain as explain
from provident.deid.identifiers import Identifiers as Identifiers
from provident.deid.identity import Crosswalk as Crosswalk
from provident.deid.identity import SiteKey as SiteKey
from provident.deid.identity import Subject as Subject
from provident.deid.identity import date_shift as date_shift
from provident.deid.identity import hidden_uid as hidden_uid
from provident.deid.own import written_texts as written_texts
from provident.deid.profile import Action as Action
from provident.deid.profile import Override as Override
from provident.deid.profile import Profile as Profile
from provident.deid.profile import Trial as Trial
from provident.deid.report import REASONS as REASONS
from provident.deid.report import Deidentified as Deidentified
from provident.deid.report import DeidReport as DeidReport
from provident.deid.report import Leak as Leak
from provident.deid.subjects import subject_of as subject_of
from provident.deid.table import PrivateRule as PrivateRule
from provident.deid.verify import verify as verify
