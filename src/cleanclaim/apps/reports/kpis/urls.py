"""Addresses of the KPI pages."""

from django.urls import path

from cleanclaim.apps.reports.kpis import views

app_name = "kpis"
urlpatterns = [
    path("", views.kpi_list, name="list"),
    path("<slug:name>/", views.kpi_page, name="kpi"),
    path("<slug:name>/target/", views.set_target, name="target"),
]
