"""Addresses of the opening balances."""

from django.urls import path

from cleanclaim.apps.billing.opening import views

app_name = "opening"
urlpatterns = [
    path("", views.load_list, name="list"),
    path("prepare/", views.prepare, name="prepare"),
    path("<int:pk>/", views.load_page, name="load"),
    path("<int:pk>/<str:verb>/", views.change, name="change"),
]
