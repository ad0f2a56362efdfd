"""The double-entry ledger: the only app that moves money."""
