"""Invented worlds: claims by the thousand, and the demo's practice, plan and patients."""
