"""Addresses of the batches that went out."""

from django.urls import path

from cleanclaim.apps.billing.claims.views import submissions

app_name = "submissions"
urlpatterns = [
    path("", submissions.batch_list, name="list"),
    path("send/", submissions.send_all, name="send"),
    path("<int:pk>/", submissions.batch_page, name="page"),
    path("<int:pk>/about/", submissions.about, name="about"),
]
