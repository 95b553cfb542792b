"""Scanners: the register with what was seen, phantoms and their charts, accreditation, and what a change holds."""
