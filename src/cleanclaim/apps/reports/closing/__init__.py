"""The month's close: checks, a second person's approval, accruals, journal export, roll-forward, auditor's population."""
