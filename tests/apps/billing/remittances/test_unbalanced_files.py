"""T13: an 835 that does not balance is held whole, with the difference in cents.

BPR02 = sum of CLP04 less sum of PLB; CLP03 less all CAS = CLP04; SVC02 less its CAS = SVC03. Balanced files are made, then
one amount of each is changed. `CLEANCLAIM_UNBALANCED` raises the number of files. The twin takes the three checks away.
"""

import os
import re
from decimal import Decimal
from random import Random

import pytest

from tests.apps.billing.world import PAID_ON, bytes_835, claim, line, pay, receive, remittance

FILES = int(os.environ.get("CLEANCLAIM_UNBALANCED", "200"))
CHECKS = ("payment-line", "payment-claim", "payment-total")
# Which element of which segment is changed; of CAS and PLB the first amount.
TARGETS = {"BPR": 2, "CLP": 4, "SVC": 3, "CAS": 3, "PLB": 4, "CLP charge": 3, "SVC charge": 2}
PLACES = list(TARGETS)


def a_balanced_file(random: Random) -> bytes:
    """One to three claims of one to three lines; each line paid, reduced and left to the patient in part."""
    payments = []
    for number in range(random.randint(1, 3)):
        lines, answers = [], []
        for place in range(1, random.randint(1, 3) + 1):
            charge = random.randint(10_000, 90_000)
            reduced, owed = random.randint(1, 4_000), random.randint(1, 4_000)
            lines.append(line(place, charge=_money(charge)))
            left = (("CO", "45", _money(reduced)), ("PR", "1", _money(owed)))
            answers.append((_money(charge - reduced - owed), left))
        payments.append(pay(claim(f"A{number}", *lines), *answers, number=f"I{number}"))
    plb = (("L6", "interest", f"-{_money(random.randint(1, 999))}"), ("WO", "old", "12.34"))
    return bytes_835(remittance(*payments, trace=f"T{random.randint(1, 10**6)}", plb=plb))


def _money(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"


def unbalanced(data: bytes, target: str, random: Random) -> tuple[bytes, Decimal]:
    """The file with one amount changed, and by how much."""
    name, element = target.split()[0].encode(), TARGETS[target]
    segments = data.split(b"~")
    place = random.choice(
        [n for n, one in enumerate(segments) if one.lstrip().split(b"*")[0] == name]
    )
    parts = segments[place].split(b"*")
    cents = random.choice((1, 2, 10, 99, 100, 12_345))
    changed = Decimal(parts[element].decode()) + Decimal(cents) / 100
    parts[element] = f"{changed.normalize():f}".encode()  # as senders write it: 80, 80.5, 80.55
    segments[place] = b"*".join(parts)
    return b"~".join(segments), Decimal(cents) / 100


def verdict(data: bytes) -> tuple[bool, set[str]]:
    """Whether the format lets the payment in, and the differences that it names, without their signs."""
    from cleanclaim.apps.shared.exchange.traded import read_traded

    [interchange] = read_traded(data).interchanges
    [message] = interchange.groups[0].messages
    words = " ".join(finding.message for finding in message.findings)
    return message.is_accepted, set(re.findall(r"leaves -?(\d+\.\d\d)\b", words))


def let_in(files: int) -> list[str]:
    """Of so many unbalanced files those that are not held with their difference in cents, as what was changed."""
    random, found = Random(13), []
    for number in range(files):
        target = PLACES[number % len(PLACES)]
        data, cents = unbalanced(a_balanced_file(random), target, random)
        is_accepted, differences = verdict(data)
        if is_accepted or f"{cents:.2f}" not in differences:
            found.append(f"{target} {cents}: {differences}")
    return found


def test_every_unbalanced_file_is_held_with_the_difference_in_cents():
    assert let_in(FILES) == []


def test_balanced_files_are_let_in():
    random = Random(14)

    assert [verdict(a_balanced_file(random)) for _ in range(20)] == [(True, set())] * 20


def test_without_the_three_checks_they_are_all_let_in(without_checks):
    """The twin: what the sums say is not looked at."""
    assert len(let_in(len(PLACES) * 4)) == len(PLACES) * 4


@pytest.mark.database_core
@pytest.mark.parametrize("target", PLACES)
def test_at_the_door_nothing_of_it_is_kept_and_work_names_the_difference(inside, desk, target):
    from cleanclaim.apps.billing.remittances.models import Remittance
    from cleanclaim.apps.shared.exchange.models import FileState
    from cleanclaim.apps.shared.ledger.models import Entry
    from cleanclaim.apps.shared.outbox.services import dispatch_events
    from cleanclaim.project.loop import stages

    random = Random(15)
    data, cents = unbalanced(a_balanced_file(random), target, random)

    file = receive(data, "bad.835")

    stages.work_provider_file(inside, file.pk, PAID_ON)
    while dispatch_events():
        pass

    assert FileState.objects.get(file_id=file.pk).state == "refused"
    assert (Remittance.objects.count(), Entry.objects.count()) == (0, 0)
    assert desk.work("unposted") == []  # the refused file is one piece of work, not two
    [item] = desk.work("stopped_file")
    assert item.subject_id == file.pk
    assert re.search(rf"leaves -?{cents:.2f}\b", item.reason), item.reason


@pytest.fixture
def without_checks(monkeypatch):
    from cleanclaim.edi.checks.running import Checker

    report = Checker._report

    def hard_of_hearing(self, check, problems):
        if check.name not in CHECKS:
            report(self, check, problems)

    monkeypatch.setattr(Checker, "_report", hard_of_hearing)


def test_what_stands_in_the_wrong_place_is_told_before_the_balance_that_follows_from_it():
    from cleanclaim.apps.billing.remittances.faults import Around, faults_of
    from cleanclaim.apps.shared.exchange.traded import read_traded

    one = claim("A1", line(1, "99213", "120.00"))
    segments = bytes_835(remittance(pay(one, ("80.00", (("CO", "45", "40.00"),))))).split(b"~")
    [end] = [part for part in segments if part.lstrip().startswith(b"SE*")]
    count = int(end.split(b"*")[1])
    data = b"~".join(part for part in segments if not part.lstrip().startswith(b"LX*"))
    data = data.replace(end, end.replace(b"*%d*" % count, b"*%d*" % (count - 1)))
    [message] = read_traded(data).interchanges[0].messages

    first, *others = faults_of(message, Around())

    assert first.endswith(
        "CLP is not expected here: the LX segment before the first claim is missing"
    )
    assert "leaves 80.00, expected 0.00" in others[-1]
