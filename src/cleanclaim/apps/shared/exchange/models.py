"""Trading partners, message files with their states and events, and control numbers."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from cleanclaim.apps.shared.exchange.kinds import Kind
from cleanclaim.apps.shared.tenancy.models import Rights, TenantModel


class Direction(models.TextChoices):
    """Which way a file went."""

    IN = "in", "Received"
    OUT = "out", "Sent"


class State(models.TextChoices):
    """Where a file stands. Received: the first six; sent: the last four."""

    RECEIVED = "received", "Received"
    PROCESSED = "processed", "Processed"
    DUPLICATE = "duplicate", "Duplicate"
    HELD = "held", "Held"
    UNREADABLE = "unreadable", "Unreadable"
    REFUSED = "refused", "Refused"
    QUEUED = "queued", "Queued"
    DELIVERED = "delivered", "Delivered"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"


class Partner(TenantModel):
    """A counterpart of files. `slug` is the counterpart's own: it names the drop folder between both."""

    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16)  # the counterpart's kind of organization
    our_qualifier = models.CharField(max_length=2, default="ZZ")
    our_id = models.CharField(max_length=15)
    their_qualifier = models.CharField(max_length=2, default="ZZ")
    their_id = models.CharField(max_length=15)
    usage = models.CharField(max_length=1, default="P")  # ISA15 of what we send: T or P

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "slug"], name="partner_slug"),
            models.CheckConstraint(
                condition=models.Q(usage__in=["T", "P"]), name="partner_usage_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MessageFile(TenantModel):
    """One file as it came or went: the bytes and what its first envelope says.

    `content` is null in two cases: the bytes equal those of `same_as`, or they were above the size limit
    and were not taken in. List with `defer("content")`.
    """

    direction = models.CharField(max_length=3, choices=Direction)
    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="files")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=Kind)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    content = models.BinaryField(null=True)
    dated_on = models.DateField()  # the day it was received, or created
    sender = models.CharField(max_length=20, blank=True, default="")  # ISA05:ISA06
    interchange_control = models.CharField(max_length=9, blank=True, default="")
    group_control = models.CharField(max_length=9, blank=True, default="")
    message_control = models.CharField(max_length=9, blank=True, default="")
    usage = models.CharField(max_length=1, blank=True, default="")
    answers = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    same_as = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="copies")
    by = models.BigIntegerField(null=True)  # users.User; empty = the system
    recorded_at = models.DateTimeField(db_default=Now())

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            # The bytes of one partner enter once, however many doors and threads bring them.
            models.UniqueConstraint(
                fields=["organization", "partner", "sha256"],
                condition=models.Q(direction="in", same_as=None),
                nulls_distinct=False,
                name="message_file_bytes_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "id"], name="message_file_by_id"),
            models.Index(
                fields=["organization", "direction", "partner", "group_control"],
                name="message_file_by_control",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FileState(TenantModel):
    """Where a file stands now; its way here is in its events."""

    file = models.OneToOneField(MessageFile, on_delete=models.PROTECT, related_name="state")
    state = models.CharField(max_length=12, choices=State)
    reason = models.CharField(max_length=500, blank=True, default="")
    changed_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "state", "file"], name="file_state_by_state")
        ]


class FileEvent(TenantModel):
    """One step of a file: received, held, released, delivered ... in words."""

    file = models.ForeignKey(MessageFile, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(db_default=Now())
    kind = models.CharField(max_length=12)
    words = models.CharField(max_length=500)
    by = models.BigIntegerField(null=True)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "file", "id"], name="file_event_by_file")
        ]


class SenderVouch(TenantModel):
    """One person's word on who sent a file that came by itself; a second person's makes the sender a partner."""

    file = models.ForeignKey(MessageFile, on_delete=models.PROTECT, related_name="vouches")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16)  # the partner's kind of organization
    by = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["organization", "file", "id"], name="sender_vouch_by_file")
        ]

    def __str__(self) -> str:
        return self.name


class FileRelease(TenantModel):
    """Two persons who let a held file in. The first one brought it, or said so first of a file that came by itself."""

    file = models.OneToOneField(MessageFile, on_delete=models.PROTECT, related_name="release")
    first_by = models.BigIntegerField()
    first_at = models.DateTimeField(db_default=Now())
    second_by = models.BigIntegerField(null=True)  # empty while the second one is awaited
    second_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(second_by=None) | ~models.Q(second_by=models.F("first_by")),
                name="file_release_second_person",
            )
        ]

    def __str__(self) -> str:
        return f"release of file {self.file_id}"


class EnvelopeKey(TenantModel):
    """The numbers of one group of a received file; the same again with other bytes holds that file."""

    file = models.ForeignKey(MessageFile, on_delete=models.PROTECT, related_name="envelope_keys")
    sender = models.CharField(max_length=20)
    interchange_control = models.CharField(max_length=9)
    group_control = models.CharField(max_length=9, blank=True)
    message_control = models.CharField(max_length=9, blank=True)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=[
                    "organization",
                    "sender",
                    "interchange_control",
                    "group_control",
                    "message_control",
                ],
                name="envelope_key",
            )
        ]


class FileAnswer(TenantModel):
    """A file that we sent was answered by one that we received (999, TA1, 277CA, 835), or the reverse."""

    question = models.ForeignKey(MessageFile, on_delete=models.PROTECT, related_name="answered_by")
    answer = models.ForeignKey(MessageFile, on_delete=models.PROTECT, related_name="answer_to")
    kind = models.CharField(max_length=8, choices=Kind)

    database_rights: ClassVar[Rights] = "append"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "question", "answer"], name="file_answer_once"
            )
        ]


class ControlCounter(TenantModel):
    """The last control number given to a partner, by envelope level. Only ever counts up."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="counters")
    level = models.CharField(max_length=12)  # interchange, group
    last = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "partner", "level"], name="control_counter_once"
            ),
            models.CheckConstraint(
                condition=models.Q(last__gte=1, last__lte=999_999_999),
                name="control_counter_nine_digits",
            ),
        ]
