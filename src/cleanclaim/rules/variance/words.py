"""A difference as one would say it on the telephone."""

from datetime import date
from decimal import Decimal

from cleanclaim.kernel.money import show


def price_words(*, implied: str, term: str, contract: str, clause: str, allowed: Decimal) -> str:
    """`paid as AWP-22 %, contract AWP-18 % (SUM-2026 v3, brand clause)`."""
    where = ", ".join(part for part in (contract, clause) if part)
    paid = f"paid as {implied}" if implied and implied != term else f"allowed {show(allowed)}"
    said = f"contract {term}" if term else "the payer promised more"
    return f"{paid}, {said} ({where})" if where else f"{paid}, {said}"


def missing_words(*, service_from: date | None, on: date, is_promise: bool) -> str:
    """`promised 16 days ago, not remitted`."""
    verb = "promised" if is_promise else "due by contract, service"
    if service_from is None:
        return f"{'promised' if is_promise else 'due by contract'}, not remitted"
    days = (on - service_from).days
    ago = "today" if days == 0 else "1 day ago" if days == 1 else f"{days} days ago"
    return f"{verb} {ago}, not remitted"
