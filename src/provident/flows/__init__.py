"""The data flow model drawn: who passes what to whom, how identifying, kept how long, with its faults."""

from provident.flows.diagram import Diagram as Diagram
from provident.flows.diagram import diagram as diagram
from provident.flows.picture import Arrow as Arrow
from provident.flows.picture import Picture as Picture
from provident.flows.picture import Stop as Stop
from provident.flows.picture import picture_of as picture_of
