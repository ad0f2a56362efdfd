"""postgresql:// URLs as Django's database settings."""

from urllib.parse import parse_qs, unquote, urlsplit

from cleanclaim.kernel.errors import InputError


def parse_database_url(url: str) -> dict[str, str]:
    """NAME, USER, PASSWORD, HOST and PORT of a postgresql URL; `?host=` names a socket folder.

    Raises:
        InputError: the URL is not a PostgreSQL one.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres"):
        raise InputError(
            f"database URL with scheme {parts.scheme!r}: expected postgresql://",
            hint="Only PostgreSQL 15 or newer is supported",
        )
    query = parse_qs(parts.query)
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", [parts.hostname or ""])[0],
        "PORT": query.get("port", [str(parts.port or "")])[0],
    }
