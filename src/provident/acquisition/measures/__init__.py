"""Image measures on arrival: cheap, explained, and for people; they decide nothing.

docs/explanation/image-quality.md says how good they are.
"""

from provident.acquisition.measures.gathering import gather as gather
from provident.acquisition.measures.images import Image as Image
from provident.acquisition.measures.images import images_of as images_of
from provident.acquisition.measures.model import MEASURES as MEASURES
from provident.acquisition.measures.model import Measure as Measure
from provident.acquisition.measures.model import MeasureSpec as MeasureSpec
from provident.acquisition.measures.model import (
    reference_markdown as reference_markdown,
)
from provident.acquisition.measures.placing import Placement as Placement
from provident.acquisition.measures.placing import place as place
from provident.acquisition.measures.series import measure_series as measure_series
