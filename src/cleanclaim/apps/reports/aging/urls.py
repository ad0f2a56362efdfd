"""Addresses of the aging pages."""

from django.urls import path

from cleanclaim.apps.reports.aging import queue_views, views

app_name = "aging"
urlpatterns = [
    path("", views.aging_page, name="aging"),
    path("items/", views.item_page, name="items"),
    path("items/queue/", queue_views.make_queue, name="queue"),
    path("items/queue/undo/", queue_views.undo_queue, name="undo_queue"),
]
