"""Patients' accounts: items, entries and balances as of any day."""
