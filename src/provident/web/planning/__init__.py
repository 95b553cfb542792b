"""The team's work on the plan: findings and considerations, amendments, flows that are closed."""
