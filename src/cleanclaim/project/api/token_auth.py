"""The token at the door of an operation, with the scope that the operation wants."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from cleanclaim.apps.shared.api.tokens import Caller, authenticate
from cleanclaim.apps.shared.users.permissions import Permission


class TokenAuth(HttpBearer):
    """`Authorization: Bearer cct_...`; a session of the workbench opens nothing here.

    Checked before the request is read, so that nobody learns by refusals what they may not use.
    """

    def __init__(self, scope: Permission) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Who calls.

        Raises:
            PermissionRefusedError: the token does not have the scope.
        """
        caller = authenticate(token)
        if caller is not None:
            caller.require(self.scope)
        return caller
