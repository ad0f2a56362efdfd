"""Words that one person says and a second one puts in force: their states, the database's own rule, the decisions.

A word that only makes the program more careful may count at once (`alone`); a second person looks at it afterwards.
"""

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.tenancy.models import TenantModel
from cleanclaim.kernel.errors import InputError, PermissionRefusedError, StateError


class Standing(models.TextChoices):
    """Where such a word stands. `former`: it counted already when a second person was first asked for."""

    PROPOSED = "proposed", "Waits for a second person"
    ALONE = "alone", "In force, to be looked at"
    FORMER = "former", "In force from before two persons"
    APPROVED = "approved", "In force"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


IN_FORCE = (Standing.ALONE, Standing.FORMER, Standing.APPROVED)


class TwoPersons(TenantModel):
    """A word with what a second person said of it; its model names who said it first (`made_by`)."""

    state = models.CharField(max_length=9, choices=Standing, default="proposed")
    decided_by = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        abstract = True

    @property
    def is_in_force(self) -> bool:
        """Whether it counts, its days apart."""
        return self.state in IN_FORCE


def by_a_second_person(
    name: str, *, alone: models.Q, maker: str = "made_by"
) -> models.CheckConstraint:
    """Nobody puts their own word in force; `alone` tells the words that may count by one person."""
    return models.CheckConstraint(
        condition=models.Q(state__in=("proposed", "former", "refused", "withdrawn"))
        | models.Q(state="alone") & alone
        | models.Q(state="approved", decided_by__isnull=False)
        & (models.Q(**{f"{maker}__isnull": True}) | ~models.Q(decided_by=models.F(maker))),
        name=name,
    )


def approve(row: TwoPersons, *, by: int, maker: int | None, name: str) -> None:
    """Put the word in force, or say that one which is in force has been looked at; the caller holds the row's lock.

    Raises:
        StateError: it is decided.
        PermissionRefusedError: it is this person's own.
    """
    if row.state not in (Standing.PROPOSED, Standing.ALONE, Standing.FORMER):
        raise _decided(row, name)
    refuse_own(maker, by, name)
    _decide(row, Standing.APPROVED, by=by, words="")


def refuse(row: TwoPersons, *, by: int, words: str, name: str) -> None:
    """Say no to a word that is not in force yet, with the reason.

    Raises:
        InputError: no reason.
        StateError: it is in force, or decided.
    """
    if not words.strip():
        raise InputError("the reason is empty", hint="Say why, for the one who asked.")
    if row.state != Standing.PROPOSED:
        raise _decided(row, name)
    _decide(row, Standing.REFUSED, by=by, words=words)


def withdraw(row: TwoPersons, *, by: int, maker: int | None, name: str) -> None:
    """Take one's own word back before it is in force.

    Raises:
        StateError: it is in force, decided, or somebody else's.
    """
    if row.state != Standing.PROPOSED:
        raise _decided(row, name)
    if maker != by:
        raise StateError(f"{name} is not yours", hint="Refuse it instead.")
    _decide(row, Standing.WITHDRAWN, by=by, words="")


def refuse_own(first: int | None, by: int, name: str) -> None:
    """Raise where the second person is the first one.

    Raises:
        PermissionRefusedError: it is so.
    """
    if first == by:
        raise PermissionRefusedError(
            f"{name} was asked for by you", hint="A second person must approve it."
        )


def _decided(row: TwoPersons, name: str) -> StateError:
    return StateError(f"{name} is decided: {Standing(row.state).label.lower()}")


def _decide(row: TwoPersons, state: Standing, *, by: int, words: str) -> None:
    row.state, row.decided_by, row.decision = state, by, words.strip()[:200]
    row.decided_at = Now()
    row.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    row.refresh_from_db(fields=["decided_at"])
