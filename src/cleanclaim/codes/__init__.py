"""Small public code sets, one folder each: `table.csv` (or a packed file) and `source.toml`.

Every set has the same questions: `is_valid(code, on=day)`, `words(code)`, `codes()`, `source()`. Numbers and dates
are facts; the words are our own, or the publisher's where the publisher put them in the public domain.
"""
