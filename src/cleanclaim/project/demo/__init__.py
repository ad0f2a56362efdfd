"""The demo world: a practice, a plan, 200 invented patients and 60 days of claims in all states."""
