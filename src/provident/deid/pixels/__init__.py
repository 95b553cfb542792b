"""Text burned into images: found by its look, read where a reader is installed, painted out or held.

The only part of `deid` that uses imaging libraries (numpy, scipy, pydicom's decoders), imported
when called.
"""

from provident.deid.pixels.detector import burned_in_text as burned_in_text
from provident.deid.pixels.frames import NotDecodable as NotDecodable
from provident.deid.pixels.frames import can_be_seen as can_be_seen
from provident.deid.pixels.painting import without_regions as without_regions
from provident.deid.pixels.reading import Line as Line
from provident.deid.pixels.reading import Reader as Reader
from provident.deid.pixels.reading import installed_reader as installed_reader
from provident.deid.pixels.redaction import Looked as Looked
from provident.deid.pixels.redaction import look as look
from provident.deid.pixels.regions import Region as Region
from provident.deid.pixels.wording import may_stay as may_stay
