"""Addresses of the daily proof."""

from django.urls import path

from cleanclaim.apps.billing.deposits import daily_views

app_name = "daily_proof"
urlpatterns = [
    path("", daily_views.day_page, name="day"),
    path("sign/", daily_views.sign, name="sign"),
    path("signed/<int:pk>/", daily_views.signed_pdf, name="signed"),
]
