"""Balances taken over from a former system, tied to its trial balance, owed and paid like any other."""
