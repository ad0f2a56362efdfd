"""Addresses of the close."""

from django.urls import path

from cleanclaim.apps.reports.closing import exports, views

app_name = "closing"
urlpatterns = [
    path("", views.month_list, name="list"),
    path("<int:year>-<int:month>/", views.month_page, name="month"),
    path("<int:year>-<int:month>/ask/", views.ask, name="ask"),
    path("<int:year>-<int:month>/accrue/", views.accrue, name="accrue"),
    path("accruals/<int:pk>/<str:verb>/", views.decide_accrual, name="decide_accrual"),
    path("requests/<int:pk>/", views.request_page, name="request"),
    path("requests/<int:pk>/<str:verb>/", views.decide, name="decide"),
    path("roll-forward/", exports.rollforward_page, name="rollforward"),
    path("population/", exports.population_page, name="population"),
    path("journals/", exports.journal_list, name="journals"),
    path("journals/make/", exports.make, name="make"),
    path("journals/codes/save/", exports.save_codes, name="save_codes"),
    path("journals/<int:pk>/", exports.download, name="journal"),
    path("journals/codes/", exports.codes, name="codes"),
]
