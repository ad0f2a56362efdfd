"""Addresses of the variance pages."""

from django.urls import path

from cleanclaim.apps.billing.variances import chance_views, settlement_views, true_up_views, views

app_name = "variances"
urlpatterns = [
    path("", views.variance_list, name="list"),
    path("recovered/", views.recovered, name="recovered"),
    path("recoverability/", chance_views.chance_list, name="chances"),
    path("recoverability/set/", chance_views.set_chance, name="set_chance"),
    path("true-ups/", true_up_views.true_up_list, name="true_ups"),
    path("true-ups/agree/", true_up_views.agree, name="agree"),
    path("true-ups/<int:pk>/end/", true_up_views.end, name="end_agreement"),
    path("true-ups/<int:pk>/<int:year>/<int:month>/", true_up_views.true_up_page, name="true_up"),
    path(
        "true-ups/<int:pk>/<int:year>/<int:month>/settle/", settlement_views.settle, name="settle"
    ),
    path(
        "true-ups/settlements/<int:pk>/decide/", settlement_views.decide, name="decide_settlement"
    ),
    path("true-ups/settlements/<int:pk>/ask/", settlement_views.ask, name="ask_settlement"),
    path("decide/", views.decide, name="decide"),
    path("remittances/<int:pk>/", views.preview, name="preview"),
    path("<int:pk>/", views.variance_page, name="variance"),
    path("<int:pk>/about/", views.about, name="about"),
    path("<int:pk>/why/", views.why, name="why"),
]
