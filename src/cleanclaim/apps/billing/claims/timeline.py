"""A claim's events as people read them: who, how long a fix took, which file and which entry."""

from collections.abc import Mapping, Sequence

from django.urls import reverse

from cleanclaim.apps.billing.claims.models import Claim, ClaimEvent
from cleanclaim.apps.shared.ledger.selectors import EntryView
from cleanclaim.apps.shared.pages.parts import Moment, Tone

TONES: dict[str, Tone] = {
    "received": "good",
    "held": "act",
    "fix": "good",
    "released": "good",
    "accepted": "good",
    "rejected": "act",
    "paid": "good",
    "partial": "act",
    "denied": "act",
    "reversed": "wait",
    "void": "wait",
}
KIND_WORDS = {"277CA": "277CA", "unknown": "file"}
LONGEST_FIX_SECONDS = 3600


def moments(
    events: Sequence[ClaimEvent],
    *,
    names: Mapping[int, str],
    file_kinds: Mapping[int, str],
    entries: Sequence[EntryView] = (),
    with_claim: Mapping[int, Claim] | None = None,
) -> list[Moment]:
    """The timeline, in the order of the events. `with_claim` names each event's claim (a patient's page)."""
    charges = {entry.key: entry.id for entry in entries if entry.kind == "charge"}
    shown = []
    for place, event in enumerate(events):
        words = event.words
        if event.kind == "held" and (seconds := _fixed_after(events[place + 1 :], event)):
            words = f"{words.rstrip('.')}; fixed in {seconds} s."
        if event.by in names:
            words = f"{words} ({names[event.by]})"
        if with_claim and event.claim_id in with_claim:
            words = f"{with_claim[event.claim_id].control_number}: {words}"
        shown.append(
            Moment(event.on, words, TONES.get(event.kind, ""), _links(event, file_kinds, charges))
        )
    return shown


def _fixed_after(later: Sequence[ClaimEvent], held: ClaimEvent) -> int:
    """Seconds until the next event made it fit to go, 0 where that was not soon or something else."""
    for event in later:
        if event.kind == "fix":
            seconds = round((event.at - held.at).total_seconds())
            return max(1, seconds) if seconds <= LONGEST_FIX_SECONDS else 0
        if event.kind != "note":
            return 0
    return 0


def _links(
    event: ClaimEvent, file_kinds: Mapping[int, str], charges: Mapping[str, int]
) -> list[tuple[str, str]]:
    links = []
    if event.file_id in file_kinds:
        kind = file_kinds[event.file_id]
        links.append((KIND_WORDS.get(kind, kind), reverse("exchange:file", args=[event.file_id])))
    entry_id = event.entry_id
    if not entry_id and event.kind == "received":
        entry_id = charges.get(f"charge:{event.claim_id}:1", 0)
    if entry_id:
        links.append(
            (f"entry {entry_id}", reverse("claims:entry", args=[event.claim_id, entry_id]))
        )
    return links
