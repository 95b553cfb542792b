"""Pages of the work on the plan."""
