"""Documents made from the plan, so that they cannot contradict it: `document(kind, Request(...))`."""

from provident.programme.documents import data_flow as data_flow
from provident.programme.documents import imaging_manual as imaging_manual
from provident.programme.documents import oversight as oversight
from provident.programme.documents import participants as participants
from provident.programme.documents import reading as reading
from provident.programme.documents import reporting as reporting
from provident.programme.documents import team as team
from provident.programme.documents.blocks import Document as Document
from provident.programme.documents.html import as_html as as_html
from provident.programme.documents.registry import KINDS as KINDS
from provident.programme.documents.registry import Kind as Kind
from provident.programme.documents.registry import Request as Request
from provident.programme.documents.registry import document as document
