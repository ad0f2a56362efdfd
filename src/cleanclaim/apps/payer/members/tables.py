"""Members, their cover, their year and their authorizations as tables and facts."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.urls import reverse

from cleanclaim.apps.payer.members.models import EligibilitySpan, Member
from cleanclaim.apps.payer.members.questions import Use
from cleanclaim.apps.payer.members.selectors import AgreedCare
from cleanclaim.apps.shared.pages.addresses import address
from cleanclaim.apps.shared.pages.parts import Chip, Column, Fact, Table

RELATIONSHIPS = {"18": "subscriber", "01": "spouse", "19": "child"}
SEXES = {"F": "female", "M": "male"}


def relationship(member: Member) -> str:
    """Who they are to the subscriber."""
    return RELATIONSHIPS.get(member.relationship, "dependent")


def member_table(
    members: Sequence[Member], plans: Mapping[int, str], *, is_export: bool = False
) -> Table:
    """Members by name with the plan that covers them on the day. A spreadsheet says more than the page."""

    def cover(member: Member) -> Chip:
        name = plans.get(member.pk)
        return Chip(name, "good") if name else Chip("no cover", "wait")

    columns = [
        Column("Member", str, kind="strong"),
        Column("Member id", lambda member: member.member_id, kind="id"),
        Column("Born", lambda member: member.born_on, kind="day"),
        Column("Is", relationship),
    ]
    if is_export:
        columns.append(Column("Sex", lambda member: SEXES.get(member.sex, "")))
        columns.append(
            Column("Subscriber", lambda one: str(one.subscriber) if one.subscriber else "")
        )
    columns.append(Column("Covered by", cover, kind="chip"))
    return Table(
        caption="Members by name",
        columns=columns,
        rows=members,
        href=lambda member: address("members:page", member.pk),
        side=lambda member: address("members:about", member.pk),
    )


def family_table(members: Sequence[Member], plans: Mapping[int, str]) -> Table:
    """The family, the subscriber first."""
    return Table(
        caption="Family",
        columns=(
            Column("Family", str, kind="strong"),
            Column("Is", relationship),
            Column("Born", lambda member: member.born_on, kind="day"),
            Column("Covered by", lambda member: plans.get(member.pk, "no cover"), kind="soft"),
        ),
        rows=members,
        href=lambda member: address("members:page", member.pk),
    )


def span_table(spans: Sequence[EligibilitySpan], *, on: date) -> Table:
    """Days of cover, newest first."""

    def standing(span: EligibilitySpan) -> Chip:
        if span.valid_from > on:
            return Chip("later")
        if span.valid_to is not None and span.valid_to <= on:
            return Chip("ended", "wait")
        return Chip("covers", "good")

    return Table(
        caption="Cover",
        columns=(
            Column("Plan", lambda span: span.plan.name, kind="strong"),
            Column("Group", lambda span: span.group_number),
            Column("From", lambda span: span.valid_from, kind="day"),
            Column("Until before", lambda span: span.valid_to, kind="day"),
            Column("State", standing, kind="chip"),
        ),
        rows=spans,
        key=lambda span: f"span-{span.pk}",
        href=lambda span: address("plans:plan", span.plan_id),
    )


def use_table(uses: Sequence[Use], *, member_id: int) -> Table:
    """The year's use beside the limits; every used amount opens its entries."""

    def why(use: Use) -> str:
        place = [member_id, use.plan_id, use.year, use.kind, use.scope]
        return reverse("members:use", args=place)

    return Table(
        caption="What of the year is used",
        columns=(
            Column("Limit", lambda use: use.words, kind="strong"),
            Column("Year", lambda use: str(use.year)),
            Column("Plan", lambda use: use.plan, kind="soft", flexible=True),
            Column("Used", lambda use: use.used, kind="money", why=why),
            Column("Of", lambda use: use.limit, kind="money"),
            Column("Left", lambda use: use.left, kind="money"),
        ),
        rows=uses,
        key=lambda use: f"{use.plan_id}-{use.year}-{use.kind}-{use.scope}",
        why=why,
    )


def authorization_table(rows: Sequence[AgreedCare], *, on: date) -> Table:
    """Care agreed on beforehand, and what is left of it."""

    def standing(row: AgreedCare) -> Chip:
        if row.valid_to is not None and row.valid_to <= on:
            return Chip("ended", "wait")
        if row.units_left is not None and row.units_left <= 0:
            return Chip("used up", "wait")
        return Chip("open", "good")

    return Table(
        caption="Authorizations",
        columns=(
            Column("Number", lambda row: row.number, kind="strong"),
            Column("Service", lambda row: row.procedure_code or "any"),
            Column("Provider", lambda row: row.provider_npi or "any"),
            Column("From", lambda row: row.valid_from, kind="day"),
            Column("Until before", lambda row: row.valid_to, kind="day"),
            Column(
                "Units left",
                lambda row: "no count" if row.units_left is None else f"{row.units_left:f}",
            ),
            Column("State", standing, kind="chip"),
        ),
        rows=rows,
        key=lambda row: f"authorization-{row.id}",
    )


def member_facts(member: Member, plan: str, uses: Sequence[Use]) -> list[Fact]:
    """The figures a caller asks for."""
    facts = [
        Fact("Member id", member.member_id),
        Fact("Born", member.born_on, note=SEXES.get(member.sex, "")),
        Fact("Covered by", plan or "nothing on this day", tone="" if plan else "act"),
    ]
    newest = uses[0].year if uses else None
    for kind, label in (("deductible", "Deductible left"), ("out_of_pocket", "Out of pocket left")):
        use = next((u for u in uses if u.kind == kind and u.year == newest), None)
        if use is not None and use.left is not None:
            facts.append(Fact(label, use.left, note=f"of {use.limit:,.2f} in {use.year}"))
        else:
            words = "none to meet" if kind == "deductible" else "no limit"
            facts.append(Fact(label, words))
    return facts
