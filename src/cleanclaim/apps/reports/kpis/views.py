"""Pages of KPIs: all of them, and one with the lines behind it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from cleanclaim.apps.reports.kpis import pictures, questions, tables, targets, trends
from cleanclaim.apps.reports.kpis.definitions import BY_NAME
from cleanclaim.apps.reports.kpis.models import KpiTarget
from cleanclaim.apps.reports.kpis.paying import days_to_pay
from cleanclaim.apps.reports.kpis.questions import PERIOD_DAYS, Asked
from cleanclaim.apps.shared.pages.days import read_day
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires, signed_in
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.apps.shared.users.selectors import names_of
from cleanclaim.kernel.errors import InputError

TARGETS_SHOWN = 50


@requires(Permission.ACCOUNTS_READ)
@require_safe
def kpi_list(request: HttpRequest) -> HttpResponse:
    """Every KPI as of the header's dates, with its target."""
    asked = _asked(request)
    found = questions.kpis(asked)
    table = tables.kpi_table(found)
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        return xlsx_response(tables.sheet_table(found, caption="KPIs"), name=f"kpis-{asked.on}")
    context = {
        "asked": asked,
        "table": table,
        "facts": tables.kpi_facts(found, questions.countback_dso(asked)),
        "pay": tables.pay_table(days_to_pay(asked)),
    }
    return render(request, "kpis/list.html", context)


@requires(Permission.ACCOUNTS_READ)
@require_safe
def kpi_page(request: HttpRequest, name: str) -> HttpResponse:
    """One KPI: its arithmetic, its year, and what numerator and denominator are made of."""
    if name not in BY_NAME:
        raise Http404
    asked = _asked(request)
    year = trends.trend(asked, name)
    found = year[-1]
    by_month = tables.trend_table(year)
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        sheet = tables.sheet_table(year, caption=by_month.caption)
        return xlsx_response(sheet, name=f"{name}-{asked.on}")
    rows = list(KpiTarget.objects.filter(name=name).order_by("-starts_on", "-id")[:TARGETS_SHOWN])
    context = {
        "asked": asked,
        "found": found,
        "value": tables.value_words(found),
        "target": tables.target_words(found),
        "quotient": tables.quotient_words(found),
        "top": tables.part_table(found, found.numerator, "Numerator"),
        "bottom": tables.part_table(found, found.denominator, "Denominator"),
        "picture": pictures.trend_picture(year),
        "by_month": by_month,
        "set_targets": tables.target_table(found.kpi, rows, names_of(row.set_by for row in rows)),
        "may_set": request.can(Permission.PERIODS_CLOSE),
        "today": timezone.localdate(),
        "drivers": tables.driver_table(trends.dso_drivers(asked)) if name == "dso" else None,
    }
    return render(request, "kpis/kpi.html", context)


@requires(Permission.PERIODS_CLOSE)
@require_POST
def set_target(request: HttpRequest, name: str) -> HttpResponse:
    """Say what a KPI should be from a day on."""
    if name not in BY_NAME:
        raise Http404
    row = targets.set_target(
        name,
        targets.read_target(request.POST.get("target", "")[:40]),
        starts_on=read_day(request.POST.get("from", ""), "from"),
        words=request.POST.get("words", "").replace("\0", ""),
        by=signed_in(request).pk,
    )
    words = "has no target" if row.target is None else f"is to be {row.target:f}"
    messages.success(request, f"{BY_NAME[name].words} {words} from {row.starts_on} on.")
    return redirect("kpis:kpi", name)


def _asked(request: HttpRequest) -> Asked:
    text = request.GET.get("days", str(PERIOD_DAYS))
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise InputError(f"days {text[:20]!r}: expected a number of days")
    as_of = request.as_of
    return Asked(as_of.day, as_of.recorded_by, int(text))
