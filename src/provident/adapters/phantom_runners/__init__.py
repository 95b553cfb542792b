"""Scripts that run inside an engine's own environment, never inside Provident's.

Each reads one JSON request on stdin ({"files": [...]}) and writes one JSON answer on stdout:
{"name", "version", "values": {name: {"value", "unit", "method"}}, "unknown": {name: why}}.
They import nothing of Provident.
"""
