"""The demo world: a practice, a pharmacy, a plan, 200 invented patients and 60 days of claims in all states."""
