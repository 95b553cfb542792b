"""Who may read which design: eligibility, training, qualification, holds."""
