"""Addresses of the remittance pages."""

from django.urls import path

from cleanclaim.apps.billing.remittances import actions, views

app_name = "remittances"
urlpatterns = [
    path("", views.remittance_list, name="list"),
    path("<int:pk>/", views.remittance_page, name="remittance"),
    path("<int:pk>/about/", views.about, name="about"),
    path("<int:pk>/claims/<int:position>/", views.place, name="place"),
    path("<int:pk>/post/", actions.post, name="post"),
    path("<int:pk>/take-back/", actions.take_back, name="take_back"),
    path("<int:pk>/claims/<int:position>/apply/", actions.apply, name="apply"),
]
