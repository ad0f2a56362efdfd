"""Addresses of the patients' pages; the list and the page show claims, so they stand up here."""

from django.urls import path

from cleanclaim.apps.billing.claims.views import patients
from cleanclaim.apps.billing.coverage import order_views
from cleanclaim.apps.billing.coverage import views as coverage
from cleanclaim.apps.billing.patients import views as forms

app_name = "patients"
urlpatterns = [
    path("", patients.patient_list, name="list"),
    path("new/", forms.add, name="add"),
    path("<int:pk>/", patients.patient_page, name="page"),
    path("<int:pk>/about/", patients.about, name="about"),
    path("<int:pk>/edit/", forms.edit, name="edit"),
    path("<int:pk>/payers/", order_views.payer_order, name="payer_order"),
    path("<int:pk>/payers/say/", order_views.say, name="payer_order_say"),
    path("<int:patient_id>/coverage/new/", coverage.add, name="coverage_add"),
    path("<int:patient_id>/coverage/<int:pk>/", coverage.edit, name="coverage"),
    path("<int:patient_id>/coverage/<int:pk>/end/", coverage.end, name="coverage_end"),
]
