"""Set up what the benchmarks need beside the tests' environment: nothing yet.

A peer that pins other versions of our libraries gets an environment of its own here (.venv-NAME).
"""
