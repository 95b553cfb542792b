"""The plan of a study: a folder of YAML files, loaded with the place of everything in it."""

from provident.plan.codes import CODES as CODES
from provident.plan.editors import modeline as modeline
from provident.plan.editors import write_schemas as write_schemas
from provident.plan.kinds import KINDS as KINDS
from provident.plan.kinds import Kind as Kind
from provident.plan.kinds import kind_of as kind_of
from provident.plan.load import Loaded as Loaded
from provident.plan.load import content_hash as content_hash
from provident.plan.load import load as load
from provident.plan.load import load_files as load_files
from provident.plan.load import place_of as place_of
from provident.plan.load import read_folder as read_folder
from provident.plan.places import Places as Places
from provident.plan.schema import json_schema as json_schema
from provident.plan.templates import shipped as shipped
from provident.plan.templates import start as start
from provident.plan.templates import template_files as template_files
from provident.plan.templates import templates as templates
from provident.plan.whole import Plan as Plan
