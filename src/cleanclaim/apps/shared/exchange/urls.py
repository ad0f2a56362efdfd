"""Addresses of the file pages."""

from django.urls import path

from cleanclaim.apps.shared.exchange import views

app_name = "exchange"
urlpatterns = [
    path("", views.file_list, name="files"),
    path("upload/", views.upload, name="upload"),
    path("<int:pk>/", views.file_page, name="file"),
    path("<int:pk>/about/", views.about, name="about"),
    path("<int:pk>/told/", views.told, name="told"),
    path("<int:pk>/bytes/", views.download, name="bytes"),
    path("<int:pk>/release/", views.release, name="release"),
    path("<int:pk>/refuse/", views.refuse, name="refuse"),
    path("<int:pk>/vouch/", views.vouch, name="vouch"),
]
