"""Modifier 25 on a visit beside a minor procedure."""
