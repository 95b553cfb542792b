"""Reports of agreement, accuracy and readers: one value, drawn as a page, a PDF or data.

from provident.statistics.report import agreement_report, as_html

agreement_report(read_readings(path))  # shows itself in a notebook
"""

from provident.statistics.report.accuracy import accuracy_report as accuracy_report
from provident.statistics.report.agreement import agreement_report as agreement_report
from provident.statistics.report.model import Report as Report
from provident.statistics.report.model import as_html as as_html
from provident.statistics.report.readers import reader_section as reader_section
from provident.statistics.report.section import Section as Section
