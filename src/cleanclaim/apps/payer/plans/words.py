"""Plans and contracts in plain words: what a person would say on the telephone."""

from collections.abc import Iterable
from decimal import Decimal

from cleanclaim.apps.shared.pages.parts import Step
from cleanclaim.codes import place_of_service
from cleanclaim.kernel.money import show
from cleanclaim.rules.benefits import Category, CobMethod, CopayOrder, PayMember, Plan
from cleanclaim.rules.code_list import CodeList
from cleanclaim.rules.pricing import Contract, Term, term_words

_COPAY_ORDER = {
    CopayOrder.EXCLUDES_DEDUCTIBLE: "a service with a copay takes no deductible",
    CopayOrder.BEFORE_DEDUCTIBLE: "the copay comes first, then the deductible",
    CopayOrder.AFTER_DEDUCTIBLE: "the deductible comes first, then the copay",
}
_BEHIND_ANOTHER = {
    CobMethod.STANDARD: "what it would pay alone, but not more than is left after the first payer",
    CobMethod.NON_DUPLICATION: "what it would pay alone, less what the first payer paid",
    CobMethod.MAINTENANCE: "what the first payer left, run through deductible and coinsurance again",
}
_TO_MEMBER = {
    PayMember.NEVER: "never: providers are paid",
    PayMember.BENEFITS_REFUSED: "where the member did not assign the benefits (CLM08)",
    PayMember.UNASSIGNED: "where benefits or assignment were refused (CLM08, CLM07)",
}


def rate(value: Decimal) -> str:
    """A percentage without idle zeros: `20 %`."""
    return f"{value.normalize():f} %"


def codes(items: CodeList, *, none: str = "any service") -> str:
    """The codes of a list: `G0438, G0008 to G0010, J…`."""
    parts = [(code, code) for code in items.exact]
    parts += [(first, f"{first} to {last}") for first, last in items.ranges]
    parts += [(family, f"{family}…") for family in items.families]
    return ", ".join(words for _, words in sorted(parts)) or none


def benefit_steps(plan: Plan) -> list[Step]:
    """What the member pays in a year, and how the pieces stand to each other."""
    start = "January 1" if plan.year_start == (1, 1) else "{:02d}-{:02d}".format(*plan.year_start)
    steps = [
        Step(
            "Deductible of a year, per person" if not plan.aggregate else "Deductible of a year",
            plan.deductible,
            f"the year begins on {start}",
        ),
        _limit("Deductible of a year, family", plan.family_deductible),
        Step(
            "Coinsurance after that",
            rate(plan.coinsurance),
            f"the member's part of what is allowed; {_COPAY_ORDER[plan.copay_order]}",
        ),
        _limit("Most a person pays in a year", plan.out_of_pocket),
        _limit("Most a family pays in a year", plan.family_out_of_pocket),
    ]
    if plan.aggregate:
        steps.append(Step("Family figures only", "", "no one person has a limit of their own"))
    return steps


def _limit(words: str, amount: Decimal | None) -> Step:
    return Step(words, "no limit" if amount is None else amount)


def rule_steps(plan: Plan) -> list[Step]:
    """Filing, authorization, other payers and to whom the plan pays."""
    return [
        Step(
            "A claim must come in within",
            "no limit" if plan.filing_days is None else f"{plan.filing_days} days",
            "after the last day of service (CO-29)",
        ),
        Step(
            "Behind another payer, within",
            "no limit"
            if plan.filing_days_after_prior is None
            else f"{plan.filing_days_after_prior} days",
            "after that payer decided",
        ),
        Step("Needs authorization", "", codes(plan.authorization_required, none="nothing")),
        Step(
            "Not covered",
            "",
            codes(plan.not_covered, none="nothing is excluded")
            + (f" (group {plan.not_covered_group})" if plan.not_covered else ""),
        ),
        Step("Behind another payer it pays", "", _BEHIND_ANOTHER[plan.cob_method]),
        Step("The member is paid instead", "", _TO_MEMBER[plan.pay_member]),
    ]


def service_steps(plan: Plan) -> list[Step]:
    """Each service category with what the member pays for it, its codes and places."""
    return [
        Step(
            category.name.capitalize(),
            share(category, plan),
            f"{codes(category.codes)}; {places(category.places)}",
        )
        for category in plan.categories
    ]


def share(category: Category, plan: Plan) -> str:
    """What the member pays for a category: `25.00 a visit, no deductible`."""
    own = plan.coinsurance if category.coinsurance is None else category.coinsurance
    parts = [f"{show(category.copay)} a visit"] if category.copay else []
    if own:
        parts.append(f"{rate(own)} coinsurance")
    if not parts:
        parts.append("nothing")
    takes_deductible = category.deductible_applies and not (
        category.copay and plan.copay_order is CopayOrder.EXCLUDES_DEDUCTIBLE
    )
    return ", ".join([*parts, "after the deductible" if takes_deductible else "without deductible"])


def places(items: Iterable[str]) -> str:
    """Places of service by name."""
    return ", ".join(place_of_service.words(code) or code for code in sorted(items)) or "anywhere"


def price(term: Term) -> str:
    """How a term prices: `110 % of the fee schedule physician`."""
    if term.method == "fee_schedule":
        return f"{rate(term.rate)} of the fee schedule {term.schedule}"
    return term_words(term)


def contract_note(contract: Contract) -> str:
    """Whether the charge caps the price."""
    if contract.pays_lesser_of_charge:
        return "Never more than the charge of the line."
    return "The price holds even above the charge."
