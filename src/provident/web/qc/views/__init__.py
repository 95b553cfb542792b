"""The pages of quality control, one module each."""
