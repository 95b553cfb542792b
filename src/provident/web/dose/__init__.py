"""The dose ledger: what each exam gave, where a participant stands, and whether an exam may be repeated."""
