"""One thing for one person to do, ranked with its arithmetic."""
