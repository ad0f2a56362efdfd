"""Addresses of charge entry."""

from django.urls import path

from cleanclaim.apps.billing.claims.views import entering

app_name = "charges"
urlpatterns = [
    path("", entering.start, name="start"),
    path("look-up/", entering.look_up, name="look_up"),
    path("new/<int:patient_id>/", entering.enter, name="enter"),
    path("new/<int:patient_id>/check/", entering.check, name="check"),
]
