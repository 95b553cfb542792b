"""All cross-checks. Importing this package registers them."""

from provident.programme.checks import burden as burden
from provident.programme.checks import consent as consent
from provident.programme.checks import costs as costs
from provident.programme.checks import deidentification as deidentification
from provident.programme.checks import dose as dose
from provident.programme.checks import evidence as evidence
from provident.programme.checks import flows as flows
from provident.programme.checks import forms as forms
from provident.programme.checks import people as people
from provident.programme.checks import quality as quality
from provident.programme.checks import reading as reading
from provident.programme.checks import scanners as scanners
from provident.programme.checks import visits as visits
from provident.programme.checks.registry import CHECKS as CHECKS
from provident.programme.checks.registry import Check as Check
from provident.programme.checks.registry import Flag as Flag
from provident.programme.checks.registry import PlanUnderCheck as PlanUnderCheck
