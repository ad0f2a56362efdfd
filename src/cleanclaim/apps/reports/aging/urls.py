"""Addresses of the aging pages."""

from django.urls import path

from cleanclaim.apps.reports.aging import views

app_name = "aging"
urlpatterns = [
    path("", views.aging_page, name="aging"),
    path("items/", views.item_page, name="items"),
]
