"""PDF files, written by hand from a report's own marks: no browser, no font file, no dependency."""

from provident.adapters.pdf.report import as_pdf as as_pdf
