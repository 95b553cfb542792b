"""Pages of the people app: the entrance, the team, the access table, the ledger."""
