"""The practice's bank in the demo: most payments came with their trace, and what people meet besides."""

from datetime import date, timedelta

from cleanclaim.apps.billing.deposits.models import BankFile
from cleanclaim.apps.billing.deposits.services import receive_statement
from cleanclaim.apps.billing.remittances.models import Remittance
from cleanclaim.apps.shared.tenancy.context import tenant
from cleanclaim.kernel.dates import is_business_day
from cleanclaim.project.home import Home

NAME = "harbor-bank.csv"
_ACCOUNT = "000778120"


def bring_statement(home: Home, practice_id: int, *, today: date) -> None:
    """One statement: each payment's money but the newest's, the one before it without its trace, cash, a fee, a return."""
    with tenant(practice_id):
        if BankFile.objects.filter(name=NAME).exists():
            return  # a build that was cut off goes on after it
        paid = list(Remittance.objects.defer("body").filter(paid__gt=0).order_by("-paid_on", "-id"))
        lines = [_eft(row, today) for row in paid[2:]]
        lines += [
            (
                on_business_day(row.paid_on, today),
                f"{row.paid}",
                f"ACH CREDIT {row.payer_name.upper()}",
            )
            for row in paid[1:2]
        ]
        day = _back(today)
        lines += [
            (day, "212.40", "LOCKBOX 7 DEPOSIT"),
            (day, "96.10", "HCCLAIMPMT TRN*1*EFT902211*1330000002"),  # its remittance has not come
            (day, "-18.75", "ACCOUNT ANALYSIS FEE"),
            (day, "-45.00", "DEPOSITED ITEM RETURNED 2207"),
        ]  # fmt: skip
        rows = "".join(
            f"{on.isoformat()},{_ACCOUNT},{amount},{text}\n" for on, amount, text in sorted(lines)
        )
        data = f"Date,Account,Amount,Description\n{rows}".encode()
        (home.path / "demo-files" / NAME).write_bytes(data)
        receive_statement(data, name=NAME, received_on=today)


def _eft(row: Remittance, today: date) -> tuple[date, str, str]:
    words = f"HCCLAIMPMT TRN*1*{row.trace_number}*{row.payer_trace_id}"
    return on_business_day(row.paid_on, today), f"{row.paid}", words


def on_business_day(paid_on: date, today: date) -> date:
    """The business day on which the payment came, one that is over."""
    return min(_forth(paid_on), _back(today))


def _forth(day: date) -> date:
    while not is_business_day(day):
        day += timedelta(days=1)
    return day


def _back(day: date) -> date:
    while not is_business_day(day):
        day -= timedelta(days=1)
    return day
