"""Money, dates, dated look-ups, findings, errors and identifiers: no business meaning, no I/O."""
