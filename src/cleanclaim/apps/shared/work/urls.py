"""Addresses of the work pages."""

from django.urls import path

from cleanclaim.apps.shared.work import views

app_name = "work"
urlpatterns = [
    path("", views.my_day, name="queue"),
    path("finish/", views.finish_many, name="finish_many"),
    path("<int:pk>/", views.item, name="item"),
    path("<int:pk>/why/", views.why, name="why"),
    path("<int:pk>/<slug:verb>/", views.change, name="change"),
]
