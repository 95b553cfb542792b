"""Phantoms: what is due, what was measured, how it moves, and who is accredited by it.

docs/explanation/image-quality.md says how good the measures and the charts are.
"""

from provident.acquisition.phantoms.accreditation import Accreditation as Accreditation
from provident.acquisition.phantoms.accreditation import Evidence as Evidence
from provident.acquisition.phantoms.charts import Chart as Chart
from provident.acquisition.phantoms.charts import Performance as Performance
from provident.acquisition.phantoms.charts import chart as chart
from provident.acquisition.phantoms.charts import performance as performance
from provident.acquisition.phantoms.codes import PHANTOM_CODES as PHANTOM_CODES
from provident.acquisition.phantoms.judging import judge_submission as judge_submission
from provident.acquisition.phantoms.model import Engine as Engine
from provident.acquisition.phantoms.model import PhantomRule as PhantomRule
from provident.acquisition.phantoms.model import Submission as Submission
from provident.acquisition.phantoms.model import Value as Value
from provident.acquisition.phantoms.model import days as days
from provident.acquisition.phantoms.model import phantom_rules as phantom_rules
from provident.acquisition.phantoms.schedule import Changed as Changed
from provident.acquisition.phantoms.schedule import Due as Due
from provident.acquisition.phantoms.schedule import Standing as Standing
from provident.acquisition.phantoms.schedule import schedule as schedule
from provident.acquisition.phantoms.trends import Bridge as Bridge
from provident.acquisition.phantoms.trends import Line as Line
from provident.acquisition.phantoms.trends import Point as Point
from provident.acquisition.phantoms.trends import Trend as Trend
from provident.acquisition.phantoms.trends import bridge as bridge
from provident.acquisition.phantoms.trends import trends as trends
from provident.acquisition.phantoms.uniform import ENGINE as ENGINE
from provident.acquisition.phantoms.uniform import UniformResult as UniformResult
from provident.acquisition.phantoms.uniform import measure_uniform as measure_uniform
