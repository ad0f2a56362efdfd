"""Plans, contracts, fees and providers as tables and facts."""

from collections.abc import Sequence
from datetime import date

from cleanclaim.apps.payer.plans import words
from cleanclaim.apps.payer.plans.models import PlanProvider
from cleanclaim.apps.payer.plans.questions import ContractNow, PlanNow
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Table
from cleanclaim.apps.shared.reference.models import FeeRow
from cleanclaim.apps.shared.reference.selectors import EditionSpan
from cleanclaim.rules.benefits import Plan
from cleanclaim.rules.pricing import Term


def plan_table(plans: Sequence[PlanNow]) -> Table:
    """The products with what matters most of their edition in force."""
    return Table(
        caption="Benefit plans",
        columns=(
            Column("Plan", lambda now: now.row.name, kind="strong"),
            Column(
                "Deductible", lambda now: now.terms.deductible if now.terms else None, kind="money"
            ),
            Column(
                "Coinsurance",
                lambda now: words.rate(now.terms.coinsurance) if now.terms else "",
            ),
            Column(
                "Most in a year",
                lambda now: now.terms.out_of_pocket if now.terms else None,
                kind="money",
            ),
        ),
        rows=plans,
        key=lambda now: now.row.pk,
        href=lambda now: address("plans:plan", now.row.pk),
    )


def contract_table(contracts: Sequence[ContractNow]) -> Table:
    """The contracts with the number of providers under each."""
    return Table(
        caption="Contracts",
        columns=(
            Column("Contract", lambda now: now.row.name, kind="strong"),
            Column("Code", lambda now: now.row.code, kind="id"),
            Column(
                "Terms", lambda now: len(now.edition.terms.terms) if now.edition else 0, "count"
            ),
            Column("Providers", lambda now: now.providers, kind="count"),
        ),
        rows=contracts,
        key=lambda now: f"contract-{now.row.pk}",
        href=lambda now: address("plans:contract", now.row.pk),
    )


def category_table(plan: Plan) -> Table:
    """Service categories and the member's part of each, in the order in which they are tried."""
    return Table(
        caption="Service categories",
        columns=(
            Column("Service", lambda c: c.name, kind="strong"),
            Column("The member pays", lambda c: words.share(c, plan), flexible=True),
            Column("Codes", lambda c: words.codes(c.codes), kind="soft", flexible=True),
            Column("Where", lambda c: words.places(c.places), flexible=True),
        ),
        rows=plan.categories,
        key=lambda c: c.name,
    )


def term_table(terms: Sequence[Term]) -> Table:
    """The price terms of a contract in the order in which they are tried."""
    return Table(
        caption="Price terms",
        columns=(
            Column(
                "Service", lambda t: words.codes(t.codes, none="everything else"), flexible=True
            ),
            Column("Price", words.price, flexible=True),
        ),
        rows=terms,
        key=lambda t: words.codes(t.codes),
    )


def edition_table(spans: Sequence[EditionSpan], *, contract_id: int) -> Table:
    """Fee schedule editions: publisher, release, days and rows."""
    return Table(
        caption="Fee schedules",
        columns=(
            Column("Fee schedule", lambda span: str(span.edition), kind="strong"),
            Column("Publisher", lambda span: span.edition.publisher, flexible=True),
            Column("From", lambda span: span.valid_from, kind="day"),
            Column("Until before", lambda span: span.valid_to, kind="day"),
            Column("Prices", lambda span: span.edition.row_count, kind="count"),
        ),
        rows=spans,
        key=lambda span: span.edition.pk,
        href=lambda span: address("plans:fees", contract_id, span.edition.pk),
    )


def fee_table(rows: Sequence[FeeRow]) -> Table:
    """Prices of one edition."""
    return Table(
        caption="Prices by code",
        columns=(
            Column("Code", lambda fee: fee.code, kind="strong"),
            Column("Modifier", lambda fee: fee.modifier),
            Column("Dollars a unit", lambda fee: f"{fee.amount.normalize():,f}", kind="id"),
            Column("From", lambda fee: fee.valid_from, kind="day"),
            Column("Until before", lambda fee: fee.valid_to, kind="day"),
        ),
        rows=rows,
    )


def provider_table(rows: Sequence[PlanProvider], *, on: date) -> Table:
    """The providers whom the plan knows."""

    def standing(row: PlanProvider) -> Chip:
        if row.valid_to is not None and row.valid_to <= on:
            return Chip("ended", "wait")
        return Chip("in network", "good") if row.network == "in" else Chip("out of network")

    return Table(
        caption="Providers",
        columns=(
            Column("Provider", lambda row: row.name, kind="strong", flexible=True),
            Column("NPI", lambda row: row.npi, kind="id"),
            Column("Tax number", lambda row: row.tin, kind="id"),
            Column("Contract", lambda row: row.contract.name if row.contract else "none"),
            Column("Paid by", lambda row: "transfer" if row.pays_by == "ACH" else "check"),
            Column("Since", lambda row: row.valid_from, kind="day"),
            Column("Network", standing, kind="chip"),
        ),
        rows=rows,
        href=lambda row: address("plans:contract", row.contract_id) if row.contract_id else "",
    )


def plan_facts(plan: Plan) -> list[Fact]:
    """The figures a caller asks for."""
    return [
        Fact("Deductible", plan.deductible, note="a person, a year"),
        Fact("Coinsurance", words.rate(plan.coinsurance), note="of what is allowed"),
        Fact(
            "Most a person pays",
            "no limit" if plan.out_of_pocket is None else plan.out_of_pocket,
            note="in a year",
        ),
        Fact(
            "Time to file",
            "no limit" if plan.filing_days is None else f"{plan.filing_days} days",
            note="from the last day of service",
        ),
        Fact(
            "Needs authorization",
            words.codes(plan.authorization_required, none="nothing"),
        ),
    ]
