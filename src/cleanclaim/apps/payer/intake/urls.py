"""Addresses of the intake pages."""

from django.urls import path

from cleanclaim.apps.payer.intake import views

app_name = "intake"
urlpatterns = [
    path("", views.file_list, name="list"),
    path("<int:pk>/", views.file_page, name="file"),
    path("<int:pk>/about/", views.about, name="about"),
    path("<int:pk>/rejected/<int:case_id>/", views.rejected, name="rejected"),
]
