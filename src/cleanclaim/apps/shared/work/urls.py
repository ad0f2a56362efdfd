"""Addresses of the work pages."""

from django.urls import path

from cleanclaim.apps.shared.work import bulk, views

app_name = "work"
urlpatterns = [
    path("", views.my_day, name="queue"),
    path("selected/", bulk.change_selected, name="change_selected"),
    path("undo/", bulk.undo_selected, name="undo_selected"),
    path("<int:pk>/", views.item, name="item"),
    path("<int:pk>/why/", views.why, name="why"),
    path("<int:pk>/<slug:verb>/", views.change, name="change"),
]
