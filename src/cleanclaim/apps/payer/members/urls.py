"""Addresses of the members' pages."""

from django.urls import path

from cleanclaim.apps.payer.members import views

app_name = "members"
urlpatterns = [
    path("", views.member_list, name="list"),
    path("<int:pk>/", views.member_page, name="page"),
    path("<int:pk>/about/", views.about, name="about"),
    path("<int:pk>/use/<int:plan_id>/<int:year>/<str:kind>/<str:scope>/", views.use, name="use"),
]
