"""Addresses of the contract pages."""

from django.urls import path

from cleanclaim.apps.billing.contracts import actions, views

app_name = "contracts"
urlpatterns = [
    path("", views.contract_list, name="list"),
    path("add/", actions.add, name="add"),
    path("fees/", actions.import_fees, name="import_fees"),
    path("<int:pk>/", views.contract_page, name="contract"),
    path("<int:pk>/editions/add/", actions.add_edition, name="add_edition"),
    path("<int:pk>/end/", actions.end, name="end"),
    path("<int:pk>/obligations/add/", actions.add_obligation, name="add_obligation"),
    path("obligations/<int:pk>/done/", actions.finish_obligation, name="finish_obligation"),
    path("<int:pk>/documents/add/", actions.keep_document, name="keep_document"),
    path("documents/<int:pk>/", views.document, name="document"),
]
