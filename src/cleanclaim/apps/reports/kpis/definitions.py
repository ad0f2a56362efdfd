"""What each KPI is: sums of ledger accounts, of aged items or of remittances, divided by others.

In the manner of published revenue cycle measures (docs/howto-kpis.md). `VERSION` changes with any definition.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cleanclaim.values import accounts
from cleanclaim.values.accounts import ACCOUNTS, Account

VERSION = "2026-11.2"


class Span(StrEnum):
    """Over which accounting days a sum goes."""

    END = "balance"  # everything up to the day
    START = "balance before"  # everything up to the first day of the period
    PERIOD = "period"
    YEAR = "year"  # the 365 days up to the day; books that are younger have fewer


@dataclass(frozen=True, slots=True)
class OfLedger:
    """The sum of some accounts' legs; credits count as positive where `credit`."""

    words: str
    accounts: tuple[str, ...]
    span: Span
    credit: bool = False
    minus: bool = False


@dataclass(frozen=True, slots=True)
class OfItems:
    """Open items of the aging older than some days (None: credits; 0: all), or only the youngest."""

    words: str
    older_than_days: int | None = 0
    youngest: bool = False
    minus: bool = False


@dataclass(frozen=True, slots=True)
class OfRemittances:
    """A count of payments of the period, by the name that `sums.COUNTS` gives it; `one` of what is counted."""

    words: str
    name: str
    one: str
    minus: bool = False


Part = OfLedger | OfItems | OfRemittances


class Unit(StrEnum):
    """How the quotient is read."""

    PERIOD_DAYS = "days"  # times the days of the period
    YEAR_DAYS = "days of a year"
    DAYS = "plain days"  # as it is
    PERCENT = "%"


@dataclass(frozen=True, slots=True)
class Kpi:
    """One measure: numerator and denominator are sums of parts; `high_is_good` says what a target means."""

    name: str
    words: str
    formula: str
    numerator: tuple[Part, ...]
    denominator: tuple[Part, ...]
    unit: Unit
    high_is_good: bool = False


def _codes(*wanted: Account) -> tuple[str, ...]:
    return tuple(account.code for account in wanted)


RECEIVABLE = tuple(account.code for account in ACCOUNTS if account.is_receivable)
_CONTRAS = tuple(account.code for account in ACCOUNTS if account.code.startswith("contra:"))
_CASH = _codes(
    accounts.BANK,
    accounts.REMIT_CLEARING,
    accounts.DEPOSITS_IN_TRANSIT,
    accounts.CARD_CLEARING,
)
REVENUE = _codes(accounts.REVENUE)


def _receivable(span: Span = Span.END) -> OfLedger:
    words = "receivable" if span is Span.END else "receivable at the start"
    return OfLedger(words, RECEIVABLE, span)


def _charges(span: Span = Span.PERIOD) -> OfLedger:
    return OfLedger("charges", REVENUE, span, credit=True)


def _net(span: Span = Span.PERIOD) -> tuple[Part, ...]:
    return (_charges(span), OfLedger("adjustments", _CONTRAS, span, minus=True))


_CASH_IN = OfLedger("cash, refunds taken off", _CASH, Span.PERIOD)
_CONTRACTUAL = OfLedger(
    "contractual adjustments", _codes(accounts.CONTRACTUAL), Span.PERIOD, minus=True
)
_ALLOWANCES = OfLedger(
    "allowances",
    _codes(accounts.ALLOWANCE_CONTRACTUAL, accounts.ALLOWANCE_DOUBTFUL),
    Span.END,
)
_ALL_OPEN = OfItems("open items")
# A former system's open items were charged before this one's books began: what was collected of them counts, too.
_TAKEN_OVER = OfLedger(
    "receivable taken over in the period",
    _codes(accounts.OPENING_BALANCE, accounts.OPENING_SETTLED),
    Span.PERIOD,
    credit=True,
)


def _share(
    name: str, words: str, account: tuple[str, ...], whole: tuple[Part, ...], of: str
) -> Kpi:
    part = OfLedger(words.lower(), account, Span.PERIOD)
    return Kpi(name, words, f"{words.lower()} / {of}", (part,), whole, Unit.PERCENT)


KPIS: tuple[Kpi, ...] = (
    Kpi("dso", "Days sales outstanding", "receivable / charges × days of the period",
        (_receivable(),), (_charges(),), Unit.PERIOD_DAYS),
    Kpi("best_possible_dso", "Best possible DSO", "youngest open items / charges × days of the period",
        (OfItems("youngest open items", youngest=True),), (_charges(),), Unit.PERIOD_DAYS),
    Kpi("days_in_ar_gross", "Days in A/R, gross", "receivable / (charges of a year / its days, or those since the first charge)",
        (_receivable(),), (_charges(Span.YEAR),), Unit.YEAR_DAYS),
    Kpi("days_in_ar_net", "Days in A/R, net", "(receivable − allowances) / (net revenue / days of the period)",
        (_receivable(), _ALLOWANCES), _net(), Unit.PERIOD_DAYS),
    Kpi("ar_over_90", "A/R over 90 days", "open items over 90 days / open items",
        (OfItems("over 90 days", 90),), (_ALL_OPEN,), Unit.PERCENT),
    Kpi("ar_over_120", "A/R over 120 days", "open items over 120 days / open items",
        (OfItems("over 120 days", 120),), (_ALL_OPEN,), Unit.PERCENT),
    Kpi("net_collection_rate", "Net collection rate", "cash / (charges − contractual adjustments)",
        (_CASH_IN,), (_charges(), _CONTRACTUAL), Unit.PERCENT, high_is_good=True),
    Kpi("gross_collection_rate", "Gross collection rate", "cash / charges",
        (_CASH_IN,), (_charges(),), Unit.PERCENT, high_is_good=True),
    Kpi("cash_collection", "Cash collection", "cash / net revenue",
        (_CASH_IN,), _net(), Unit.PERCENT, high_is_good=True),
    Kpi("unapplied", "Unapplied and unidentified cash", "unapplied and unidentified / cash",
        (OfLedger("unapplied and unidentified", _codes(accounts.UNAPPLIED_CASH, accounts.UNIDENTIFIED_CASH),
                  Span.END, credit=True),), (_CASH_IN,), Unit.PERCENT),
    Kpi("credit_days", "Credit balance days", "credits / (net revenue / days of the period)",
        (OfItems("credits", None),), _net(), Unit.PERIOD_DAYS),
    Kpi("posting_lag", "Payment posting lag", "days from receipt to posting / payments posted",
        (OfRemittances("days from receipt to posting", "lag", "day"),), (OfRemittances("payments posted", "posted", "payment"),),
        Unit.DAYS),
    Kpi("auto_post_rate", "Auto-post rate", "claims posted by the system / claims posted",
        (OfRemittances("claims posted by the system", "auto", "claim"),), (OfRemittances("claims posted", "claims", "claim"),),
        Unit.PERCENT, high_is_good=True),
    Kpi("denial_rate", "Remittance denial rate", "claims denied / claims answered",
        (OfRemittances("claims denied", "denied", "claim"),), (OfRemittances("claims answered", "answered", "claim"),),
        Unit.PERCENT),
    _share("denial_write_off", "Denials written off", _codes(accounts.DENIAL_WRITE_OFF, accounts.TIMELY_WRITE_OFF),
           _net(), "net revenue"),
    _share("bad_debt", "Bad debt", _codes(accounts.BAD_DEBT), (_charges(),), "charges"),
    _share("charity", "Charity care", _codes(accounts.CHARITY), (_charges(),), "charges"),
    Kpi("cei", "Collection effectiveness index",
        "(receivable at the start or taken over + charges − receivable) / "
        "(receivable at the start or taken over + charges − youngest open items)",
        (_receivable(Span.START), _TAKEN_OVER, _charges(), OfLedger("receivable", RECEIVABLE, Span.END, minus=True)),
        (_receivable(Span.START), _TAKEN_OVER, _charges(), OfItems("youngest open items", youngest=True, minus=True)),
        Unit.PERCENT, high_is_good=True),
)  # fmt: skip
BY_NAME: Mapping[str, Kpi] = {kpi.name: kpi for kpi in KPIS}
