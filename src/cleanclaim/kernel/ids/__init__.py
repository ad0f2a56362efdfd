"""One module per identifier, each with `compact`, `is_valid` and `validate`."""
