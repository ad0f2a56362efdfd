"""Entries by the beginning of their idempotency key."""

from django.db.models import Q

_ABOVE_ALL = "\U0010ffff"


def range_of(prefix: str) -> tuple[str, str]:
    """The keys that begin so, for SQL of one's own: from the first on, below the second."""
    return prefix, prefix + _ABOVE_ALL


def under(prefix: str, path: str = "idempotency_key") -> Q:
    """The condition that the key begins so, as a range of the index.

    Under row-level security LIKE is asked of every entry of the organization, for it could tell others' rows; comparisons
    are not. Our databases order text by its bytes (project/postgres/cluster.py), so the range holds the prefix and nothing else.

    Args:
        path: to the key, from the model that is asked.
    """
    first, above = range_of(prefix)
    return Q(**{f"{path}__gte": first, f"{path}__lt": above})
