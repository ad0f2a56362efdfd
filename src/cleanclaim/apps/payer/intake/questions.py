"""Questions of the intake pages: files by outcome, their messages, names, claims and answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from cleanclaim.apps.payer.intake.models import CaseState, ClaimCase, IntakeFile, IntakeMessage
from cleanclaim.apps.shared.exchange.models import MessageFile, Partner
from cleanclaim.kernel.money import ZERO

OUTCOMES = {
    "accepted": "Accepted whole",
    "partial": "Some claims rejected",
    "rejected": "Nothing accepted",
    "refused": "Refused",
}


@dataclass(frozen=True, slots=True)
class TakenFile:
    """One file taken in with its name and partner."""

    intake: IntakeFile
    name: str
    partner: str

    @property
    def pk(self) -> int:
        """The intake's row."""
        return self.intake.pk


def matching_files(*, outcome: str = "", text: str = "") -> QuerySet[IntakeFile]:
    """Files taken in; `text` is part of the file's name or of the partner's."""
    found = IntakeFile.objects.all()
    if outcome:
        found = found.filter(outcome=outcome)
    if words := text.strip():
        files = MessageFile.objects.filter(
            Q(name__icontains=words) | Q(partner__name__icontains=words)
        )
        found = found.filter(file_id__in=files.values("pk"))
    return found


def with_names(files: Sequence[IntakeFile]) -> list[TakenFile]:
    """The files with what they are called."""
    names = dict(
        MessageFile.objects.filter(pk__in=[file.file_id for file in files]).values_list(
            "pk", "name"
        )
    )
    partners = dict(
        Partner.objects.filter(pk__in={file.partner_id for file in files}).values_list("pk", "name")
    )
    return [
        TakenFile(file, names.get(file.file_id, ""), partners.get(file.partner_id, ""))
        for file in files
    ]


@dataclass(frozen=True, slots=True)
class Totals:
    """What all files that fit hold."""

    files: int
    claims: int
    rejected: int
    charge: Decimal


def totals(files: QuerySet[IntakeFile]) -> Totals:
    """The sums over all files, not over one page."""
    found = files.aggregate(
        files=Count("id"),
        claims=Sum("claims_in"),
        rejected=Sum("claims_rejected"),
        charge=Sum("charge"),
    )
    return Totals(
        found["files"], found["claims"] or 0, found["rejected"] or 0, found["charge"] or ZERO
    )


def messages_of(intake: IntakeFile) -> list[IntakeMessage]:
    """The file's messages in its order."""
    return list(intake.messages.order_by("id"))


def rejected_claims(file_id: int) -> QuerySet[ClaimCase]:
    """The claims of a file that the front end turned away, with their bodies."""
    return ClaimCase.objects.filter(file_id=file_id, state=CaseState.REJECTED)


def members_of_file(file_id: int) -> set[int]:
    """The members that the file's claims are about."""
    rows = ClaimCase.objects.filter(file_id=file_id, member_id__isnull=False)
    return set(rows.values_list("member_id", flat=True))


@dataclass(frozen=True, slots=True)
class SentAnswer:
    """One answer that went out for a file."""

    file: MessageFile
    words: str


_ANSWERS = {
    "TA1": "TA1: the envelope arrived",
    "999": "999: the syntax was checked",
    "277CA": "277CA: each claim, accepted or rejected",
}


def answers_sent(file_id: int) -> list[SentAnswer]:
    """TA1, 999 and 277CA that answer the file, oldest first."""
    rows = MessageFile.objects.filter(answers_id=file_id).select_related("state").defer("content")
    return [SentAnswer(file, _ANSWERS.get(file.kind, file.kind)) for file in rows.order_by("id")]
