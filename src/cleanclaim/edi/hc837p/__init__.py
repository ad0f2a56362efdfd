"""Professional claims: 837P, 005010X222A1 (X222 and X222A2 read alike)."""
