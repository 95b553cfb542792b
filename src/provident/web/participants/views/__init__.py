"""Pages of the matrix, of slots and of participants."""
