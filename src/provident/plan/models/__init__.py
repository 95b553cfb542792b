"""One module for each kind of plan file."""
