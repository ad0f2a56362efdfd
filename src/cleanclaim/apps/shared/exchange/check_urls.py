"""Addresses of the X12 check."""

from django.urls import path

from cleanclaim.apps.shared.exchange import check_views

app_name = "x12"
urlpatterns = [
    path("", check_views.page, name="check"),
    path("download/", check_views.download, name="download"),
]
