"""`cleanclaim token create | list | revoke`: keys for programs that use the API."""

import argparse
import json
from datetime import timedelta
from typing import Any

from cleanclaim.kernel.errors import InputError
from cleanclaim.project.setup import open_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `token`."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    create = verbs.add_parser("create", help="make a token; its secret is printed once")
    create.add_argument("--scopes", required=True, help="permissions, joined by commas, or: all")
    create.add_argument("--user", default="", metavar="EMAIL", help="the person it acts for")
    create.add_argument("--name", default="", help="what it is for")
    create.add_argument("--days", type=int, default=90, help="how long it lasts (default 90)")
    revoke = verbs.add_parser("revoke", help="take a token back")
    revoke.add_argument("token_id", type=int)
    for verb in (create, revoke, verbs.add_parser("list", help="show the tokens")):
        verb.add_argument("--organization", required=True, metavar="SLUG", help="whose token")
        verb.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Do it, and print what there is now."""
    with open_django(args.home, must_exist=True):
        from cleanclaim.apps.shared.tenancy.context import tenant
        from cleanclaim.project.cli.organizations import organizations

        [organization] = organizations(args.organization)
        with tenant(organization.pk):
            done = {"create": _create, "list": _list, "revoke": _revoke}[args.verb](args)
    print(json.dumps(done) if args.json else _words(done))
    return 0


def _create(args: argparse.Namespace) -> dict[str, Any]:
    from django.utils import timezone

    from cleanclaim.apps.shared.api.tokens import LONGEST_DAYS, create_token
    from cleanclaim.apps.shared.users.models import User
    from cleanclaim.apps.shared.users.permissions import Permission

    if not 1 <= args.days <= LONGEST_DAYS:
        raise InputError(f"--days {args.days}: expected 1 to {LONGEST_DAYS}")
    user = User.objects.filter(email=args.user.lower()).first() if args.user else None
    if args.user and user is None:
        raise InputError(f"--user {args.user}: nobody signs in with this address")
    every = args.scopes == "all"
    scopes = list(Permission) if every else [part for part in args.scopes.split(",") if part]
    made = create_token(
        name=args.name or "command line",
        scopes=[str(scope).strip() for scope in scopes],
        expires_at=timezone.now() + timedelta(days=args.days),
        user=user,
    )
    return {"id": made.token_id, "token": made.secret, "expires_at": made.expires_at.isoformat()}


def _revoke(args: argparse.Namespace) -> dict[str, Any]:
    from cleanclaim.apps.shared.api.models import ApiToken
    from cleanclaim.apps.shared.api.tokens import revoke_token

    try:
        revoke_token(args.token_id)
    except ApiToken.DoesNotExist:
        raise InputError(f"token {args.token_id}: {args.organization} has no such token") from None
    return {"id": args.token_id, "revoked": True}


def _list(_args: argparse.Namespace) -> dict[str, Any]:
    from cleanclaim.apps.shared.api.models import ApiToken

    return {
        "tokens": [
            {
                "id": token.pk,
                "name": token.name,
                "user": token.user.email if token.user else None,
                "scopes": token.scopes,
                "expires_at": token.expires_at.isoformat(),
                "last_used_at": token.last_used_at and token.last_used_at.isoformat(),
                "revoked_at": token.revoked_at and token.revoked_at.isoformat(),
            }
            for token in ApiToken.objects.select_related("user").order_by("id")
        ]
    }


def _words(done: dict[str, Any]) -> str:
    rows = done.get("tokens", [done])
    return "\n".join(
        "  ".join(f"{name}={value}" for name, value in row.items() if value is not None)
        for row in rows
    )
