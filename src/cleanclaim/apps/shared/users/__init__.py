"""People, their roles in organizations, and how they sign in."""
