"""What both sides need: tenants, people, audit, exchange, ledger, work."""
