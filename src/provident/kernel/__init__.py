"""Ids, clock, findings, errors and ports: what every part shares. Standard library only."""

from provident.kernel.clock import Clock as Clock
from provident.kernel.clock import FileClock as FileClock
from provident.kernel.clock import FixedClock as FixedClock
from provident.kernel.clock import SystemClock as SystemClock
from provident.kernel.errors import Denied as Denied
from provident.kernel.errors import InvalidInput as InvalidInput
from provident.kernel.errors import NotFound as NotFound
from provident.kernel.errors import NotReady as NotReady
from provident.kernel.errors import PlanError as PlanError
from provident.kernel.errors import ProvidentError as ProvidentError
from provident.kernel.errors import Refused as Refused
from provident.kernel.findings import Finding as Finding
from provident.kernel.findings import Outcome as Outcome
from provident.kernel.findings import Place as Place
from provident.kernel.findings import Severity as Severity
