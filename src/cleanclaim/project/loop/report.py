"""What the loop prints: files, claims, money and the proof of the whole world."""

from dataclasses import dataclass
from decimal import Decimal

from rich.console import Console
from rich.table import Table

from cleanclaim.apps.payer.disbursements import selectors as disbursement_questions
from cleanclaim.apps.shared.ledger.selectors import account_balances
from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.apps.shared.tenancy.models import Organization, OrganizationKind
from cleanclaim.kernel.money import ZERO, show, total
from cleanclaim.project.loop.door import Arrival
from cleanclaim.project.loop.pool import Pool
from cleanclaim.project.loop.summary import Explained, ProviderSummary, summarize
from cleanclaim.project.loop.world import World
from cleanclaim.rules.proof import Cash, Counts, Money, Proof, prove

SHOWN = 10  # claims with a reason, above the table


@dataclass(frozen=True)
class LoopReport:
    """The call's files and the world's proof."""

    arrivals: list[Arrival]
    proof: Proof
    explained: tuple[Explained, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Nothing rejected and everything proved. A refused duplicate alone is not a finding."""
        refused = [a for a in self.arrivals if not a.accepted and a.duplicate_of is None]
        return not refused and self.proof.counts.rejected == 0 and self.proof.holds


def make_report(world: World, arrivals: list[Arrival], pool: Pool) -> LoopReport:
    """Read both sides, one tenant at a time."""
    counts, money, broken = Counts(), Money(), []
    explained: list[Explained] = []
    acknowledged = 0
    claims_paid = adjustments = provider_cash = provider_legs = unexplained = differs = ZERO
    left_to_post = ZERO
    practices = Organization.objects.filter(kind=OrganizationKind.PRACTICE).values_list(
        "id", flat=True
    )
    parts = pool.run(summary_of, [(pk,) for pk in practices], ahead=len(practices))
    with tenant(world.plan.pk):  # while other processes read the practices' side
        plan = disbursement_questions.plan_money()
        payer_legs = total(account_balances().values())
    for part in parts:
        counts = _add_counts(counts, part.counts)
        money += part.money
        broken += part.broken
        claims_paid += part.claims_paid
        adjustments += part.provider_adjustments
        provider_cash += part.provider_cash
        left_to_post += part.left_to_post
        provider_legs += part.legs
        unexplained += part.unexplained
        differs += part.differs
        acknowledged += part.acknowledged
        explained += part.explained
    cash = Cash(
        claims_paid,
        adjustments,
        provider_cash,
        plan.to_providers,
        left_to_post,
        provider_legs,
        payer_legs,
    )
    if acknowledged > plan.claims_in:
        lost = acknowledged - plan.claims_in
        broken.append(f"{lost} claims were acknowledged by the plan and it has no case for them")
    broken.extend(plan.untold)
    if not plan.is_balanced:
        broken.append("the plan's ledger does not prove: see `cleanclaim proof`")
    more = (
        ("open on answered claims", unexplained),
        ("providers' legs proved again", differs),
        ("the plan's payables less its decisions", plan.payable_differs),
    )
    proof = prove(counts, money, cash, broken_claims=tuple(broken), more=more)
    return LoopReport(arrivals, proof, tuple(explained))


def summary_of(organization_id: int) -> ProviderSummary:
    """One provider's side of the proof."""
    with tenant(organization_id):
        return summarize()


def _add_counts(one: Counts, other: Counts) -> Counts:
    names = ("received", "rejected", "pended", "paid", "denied", "informed")
    return Counts(**{name: getattr(one, name) + getattr(other, name) for name in names})


def to_json(report: LoopReport) -> dict[str, object]:
    """The one object that `--json` prints."""
    proof = report.proof
    return {
        "files": [
            {
                "path": arrival.path,
                "accepted": arrival.accepted,
                "duplicate_of": arrival.duplicate_of,
                "reasons": list(arrival.reasons),
            }
            for arrival in report.arrivals
        ],
        "claims": {
            "in": proof.counts.received,
            "accepted": proof.counts.accepted,
            "rejected": proof.counts.rejected,
            "paid": proof.counts.paid,
            "denied": proof.counts.denied,
            "pended": proof.counts.pended,
            "informed": proof.counts.informed,
        },
        "money": proof.money.as_text(),
        "proof": {
            "difference": f"{proof.difference:.2f}",
            "provider_balanced": proof.provider_balanced,
            "payer_balanced": proof.payer_balanced,
            "provider_cash": f"{proof.cash.provider_cash:.2f}",
            "left_to_post": f"{proof.cash.left_to_post:.2f}",
            "payer_disbursed": f"{proof.cash.payer_disbursed:.2f}",
            "broken": list(proof.broken),
        },
        "explained": [
            {
                "control_number": one.control_number,
                "state": one.state,
                "charge": f"{one.charge:.2f}",
                "reasons": list(one.reasons),
            }
            for one in report.explained
        ],
    }


def print_report(report: LoopReport) -> None:
    """Files that need a word, then the proof as a table."""
    console = Console()
    for arrival in report.arrivals:
        if arrival.duplicate_of:
            console.print(
                f"{arrival.path}: already received as {arrival.duplicate_of}", highlight=False
            )
        elif arrival.reasons:
            console.print(f"{arrival.path}: not accepted", highlight=False)
            for reason in arrival.reasons:
                console.print(f"  {reason}", highlight=False)
    for one in report.explained[:SHOWN]:
        reasons = "; ".join(one.reasons)
        console.print(f"claim {one.control_number} {one.state}: {reasons}", highlight=False)
    if len(report.explained) > SHOWN:
        console.print(f"... and {len(report.explained) - SHOWN} more held, rejected or denied")
    console.print(proof_table(report.proof))


def proof_table(proof: Proof) -> Table:
    """The proof as people read it."""
    table = Table(title="Proof", title_justify="left", show_header=False, pad_edge=False)
    table.add_column("what")
    table.add_column("how much", justify="right")
    counts = proof.counts
    for name in ("received", "accepted", "rejected", "paid", "denied", "pended"):
        table.add_row(f"claims {name}", f"{getattr(counts, name):,}")
    table.add_section()
    for name, words in MONEY_WORDS:
        table.add_row(words, show(getattr(proof.money, name)))
    table.add_section()
    table.add_row("provider cash (sum of CLP04 less PLB)", show(proof.cash.provider_cash))
    if proof.cash.left_to_post:
        table.add_row("+ remitted, left to a person to post", show(proof.cash.left_to_post))
    table.add_row("payer disbursed to providers", show(proof.cash.payer_disbursed))
    table.add_row("provider ledgers, sum of all legs", show(proof.cash.provider_legs))
    table.add_row("payer ledger, sum of all legs", show(proof.cash.payer_legs))
    table.add_section()
    table.add_row("[bold]difference[/bold]", f"[bold]{show(Decimal(proof.difference))}[/bold]")
    for words in proof.broken[:10]:
        table.add_row(f"[red]{words}[/red]", "")
    return table


MONEY_WORDS = (
    ("charged", "charged"),
    ("paid", "= paid by the plan"),
    ("prior_paid", "+ paid by earlier payers"),
    ("contractual", "+ contractual"),
    ("other", "+ other reductions"),
    ("patient", "+ patient's share"),
    ("denied", "+ denied, in work"),
    ("rejected", "+ rejected"),
    ("pended", "+ waiting"),
)
