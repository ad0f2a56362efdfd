"""Which account a failed sign-in counts against."""

from typing import Any

from django.http import HttpRequest


def account_name(request: HttpRequest | None, credentials: dict[str, Any] | None) -> str:
    """The e-mail address that was tried, in lower case, so that spelling it otherwise opens no new count."""
    tried = credentials or {}
    name = tried.get("email") or tried.get("username")
    if not name and request is not None:
        name = request.POST.get("login", "")
    return str(name or "").strip().lower()
