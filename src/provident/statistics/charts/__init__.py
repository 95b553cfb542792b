"""Control charts, each of which says how often it flags readers who are as planned."""

from provident.statistics.charts.bernoulli_cusum import BernoulliCusum as BernoulliCusum
from provident.statistics.charts.bernoulli_cusum import Path as Path
from provident.statistics.charts.bernoulli_cusum import (
    design_bernoulli_cusum as design_bernoulli_cusum,
)
from provident.statistics.charts.ewma import Ewma as Ewma
from provident.statistics.charts.ewma import EwmaPath as EwmaPath
from provident.statistics.charts.false_alarms import FalseAlarms as FalseAlarms
from provident.statistics.charts.false_alarms import (
    mean_plus_sd_false_alarm as mean_plus_sd_false_alarm,
)
from provident.statistics.charts.shewhart import PChart as PChart
from provident.statistics.charts.shewhart import Shewhart as Shewhart
from provident.statistics.charts.shewhart import funnel_limits as funnel_limits
from provident.statistics.charts.shewhart import p_chart as p_chart
from provident.statistics.charts.tabular_cusum import TabularCusum as TabularCusum
from provident.statistics.charts.tabular_cusum import TwoSidedPath as TwoSidedPath
