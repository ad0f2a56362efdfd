"""Addresses of the variance pages."""

from django.urls import path

from cleanclaim.apps.billing.variances import chance_views, views

app_name = "variances"
urlpatterns = [
    path("", views.variance_list, name="list"),
    path("recovered/", views.recovered, name="recovered"),
    path("recoverability/", chance_views.chance_list, name="chances"),
    path("recoverability/set/", chance_views.set_chance, name="set_chance"),
    path("decide/", views.decide, name="decide"),
    path("remittances/<int:pk>/", views.preview, name="preview"),
    path("<int:pk>/", views.variance_page, name="variance"),
    path("<int:pk>/about/", views.about, name="about"),
    path("<int:pk>/why/", views.why, name="why"),
]
