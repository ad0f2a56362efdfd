"""Pages of KPIs: all of them, and one with the lines behind it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cleanclaim.apps.reports.kpis import pictures, questions, tables, trends
from cleanclaim.apps.reports.kpis.definitions import BY_NAME
from cleanclaim.apps.reports.kpis.questions import PERIOD_DAYS, Asked
from cleanclaim.apps.shared.pages.xlsx import xlsx_response
from cleanclaim.apps.shared.users.access import check_permission, requires
from cleanclaim.apps.shared.users.permissions import Permission
from cleanclaim.kernel.errors import InputError


@requires(Permission.ACCOUNTS_READ)
@require_safe
def kpi_list(request: HttpRequest) -> HttpResponse:
    """Every KPI as of the header's dates, with its target."""
    asked = _asked(request)
    found = questions.kpis(asked)
    table = tables.kpi_table(found)
    if "xlsx" in request.GET:
        check_permission(request, Permission.EXPORT)
        return xlsx_response(table, name=f"kpis-{asked.on}")
    context = {
        "asked": asked,
        "table": table,
        "facts": tables.kpi_facts(found, questions.countback_dso(asked)),
        "pay": tables.pay_table(questions.days_to_pay(asked)),
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
        return xlsx_response(by_month, name=f"{name}-{asked.on}")
    context = {
        "asked": asked,
        "found": found,
        "value": tables.value_words(found),
        "target": tables.target_words(found),
        "figures": [tables.figure_words(found, one) for one in (found.top, found.bottom)],
        "top": tables.part_table(found, found.numerator, "Numerator"),
        "bottom": tables.part_table(found, found.denominator, "Denominator"),
        "picture": pictures.trend_picture(year),
        "by_month": by_month,
        "drivers": tables.driver_table(trends.dso_drivers(asked)) if name == "dso" else None,
    }
    return render(request, "kpis/kpi.html", context)


def _asked(request: HttpRequest) -> Asked:
    text = request.GET.get("days", str(PERIOD_DAYS))
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise InputError(f"days {text[:20]!r}: expected a number of days")
    as_of = request.as_of
    return Asked(as_of.day, as_of.recorded_by, int(text))
