"""Who is covered, when, and what of their year's benefits is used."""
