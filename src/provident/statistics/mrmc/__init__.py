"""Multireader multicase studies: several readers read the same cases by several treatments."""

from provident.statistics.mrmc.bootstrap import bootstrap_figures as bootstrap_figures
from provident.statistics.mrmc.bootstrap import bootstrap_study as bootstrap_study
from provident.statistics.mrmc.cells import Cells as Cells
from provident.statistics.mrmc.cells import cells_of as cells_of
from provident.statistics.mrmc.components import ErrorComponents as ErrorComponents
from provident.statistics.mrmc.data import ReadStudy as ReadStudy
from provident.statistics.mrmc.data import read_study as read_study
from provident.statistics.mrmc.dorfman_berbaum_metz import (
    dorfman_berbaum_metz as dorfman_berbaum_metz,
)
from provident.statistics.mrmc.obuchowski_rockette import (
    obuchowski_rockette as obuchowski_rockette,
)
from provident.statistics.mrmc.power import Pilot as Pilot
from provident.statistics.mrmc.power import Power as Power
from provident.statistics.mrmc.power import mrmc_cases as mrmc_cases
from provident.statistics.mrmc.power import mrmc_power as mrmc_power
from provident.statistics.mrmc.results import ReadersAndCases as ReadersAndCases
from provident.statistics.mrmc.u_statistic import u_statistic as u_statistic
