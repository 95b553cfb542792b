"""Provident: plan, check, rehearse, run and answer for the imaging of a prospective study."""

__version__ = "0.1.0"
