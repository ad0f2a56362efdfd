"""Check runs: pre-check list, payments, balanced 835 files, member payments."""
