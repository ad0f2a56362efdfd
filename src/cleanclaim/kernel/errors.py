"""What stops the work in hand, sorted by who must act.

A *finding* (see `findings`) describes data and is stored; an *error* is raised. Messages name what, where,
the value and what was expected; `hint` says what to do. They never hold patient data: records go by id.
"""


class CleanclaimError(Exception):
    """Base of all errors that this program raises on purpose."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}. {self.hint}" if self.hint else self.message


class InputError(CleanclaimError):
    """The sender must act: a file, a form or a call is wrong. 4xx."""


class StateError(CleanclaimError):
    """The user must act later or otherwise: the record is not in a state for this. 409."""


class PermissionRefusedError(CleanclaimError):
    """The user may not do this; somebody with the named permission may. 403."""


class AboveLimitError(PermissionRefusedError):
    """The amount is above what the person may move alone: they may type a smaller one, or ask somebody. 403."""


class ReferenceDataError(CleanclaimError):
    """We must act: a reference table is missing or has not exactly one row in force."""


class ExternalError(CleanclaimError):
    """Something outside failed; `retryable` says whether waiting can help."""

    def __init__(self, message: str, *, retryable: bool, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retryable = retryable


class InvariantError(CleanclaimError):
    """Our own bug: roll back, alert, never catch below the outermost loop."""
