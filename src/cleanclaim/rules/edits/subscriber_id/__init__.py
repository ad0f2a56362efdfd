"""The subscriber has a member number."""
