"""Figures of agreement, accuracy and drift: drawn from numbers, described in words, given as tables.

from provident.statistics.figures import roc_figure, as_svg

roc_figure(study)  # draws itself in a notebook
"""

from provident.statistics.figures.bland_altman_plot import (
    bland_altman_figure as bland_altman_figure,
)
from provident.statistics.figures.control_plot import control_figure as control_figure
from provident.statistics.figures.control_plot import cusum_figure as cusum_figure
from provident.statistics.figures.control_plot import ewma_figure as ewma_figure
from provident.statistics.figures.control_plot import p_chart_figure as p_chart_figure
from provident.statistics.figures.figure import Figure as Figure
from provident.statistics.figures.figure import as_svg as as_svg
from provident.statistics.figures.forest_plot import estimates_table as estimates_table
from provident.statistics.figures.forest_plot import forest_figure as forest_figure
from provident.statistics.figures.funnel_plot import funnel_figure as funnel_figure
from provident.statistics.figures.heat_map import agreement_figure as agreement_figure
from provident.statistics.figures.heat_map import (
    cross_table_figure as cross_table_figure,
)
from provident.statistics.figures.marks import Box as Box
from provident.statistics.figures.marks import Dot as Dot
from provident.statistics.figures.marks import Line as Line
from provident.statistics.figures.marks import Mark as Mark
from provident.statistics.figures.marks import Path as Path
from provident.statistics.figures.marks import Words as Words
from provident.statistics.figures.roc_plot import roc_figure as roc_figure
from provident.statistics.figures.svg import outline as outline
from provident.statistics.figures.table import Table as Table
from provident.statistics.figures.table import shown as shown
