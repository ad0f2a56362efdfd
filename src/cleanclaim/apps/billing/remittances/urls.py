"""Addresses of the remittance pages."""

from django.urls import path

from cleanclaim.apps.billing.remittances import (
    actions,
    forward_views,
    repeat_views,
    rule_views,
    run_views,
    views,
    worker_rule_views,
)

app_name = "remittances"
urlpatterns = [
    path("", views.remittance_list, name="list"),
    path("carried/", forward_views.carried, name="carried"),
    path("rules/", rule_views.rules, name="rules"),
    path("rules/add/", rule_views.rule_add, name="rule_add"),
    path("rules/<int:pk>/about/", rule_views.rule_about, name="rule_about"),
    path("rules/<int:pk>/end/", rule_views.rule_end, name="rule_end"),
    path("rules/<int:pk>/withdraw/", rule_views.rule_withdraw, name="rule_withdraw"),
    path("rules/<int:pk>/decide/<str:verb>/", rule_views.rule_decide, name="rule_decide"),
    path("worker/", worker_rule_views.worker_rules, name="worker_rules"),
    path(
        "worker/<int:pk>/withdraw/",
        worker_rule_views.worker_rule_withdraw,
        name="worker_rule_withdraw",
    ),
    path(
        "worker/<int:pk>/decide/<str:verb>/",
        worker_rule_views.worker_rule_decide,
        name="worker_rule_decide",
    ),
    path("worker/set/", worker_rule_views.worker_rule_set, name="worker_rule_set"),
    path("repeats/", repeat_views.repeats, name="repeats"),
    path("repeats/<int:pk>/about/", repeat_views.repeat_about, name="repeat_about"),
    path("repeats/<int:pk>/ask/", repeat_views.repeat_ask, name="repeat_ask"),
    path(
        "repeats/requests/<int:pk>/withdraw/", repeat_views.repeat_withdraw, name="repeat_withdraw"
    ),
    path("repeats/requests/<int:pk>/decide/", repeat_views.repeat_decide, name="repeat_decide"),
    path("<int:pk>/", views.remittance_page, name="remittance"),
    path("<int:pk>/about/", views.about, name="about"),
    path("<int:pk>/claims/<int:position>/", views.place, name="place"),
    path("<int:pk>/post/", actions.post, name="post"),
    path("<int:pk>/day/", actions.day, name="day"),
    path("<int:pk>/day/undo/", actions.day_undo, name="day_undo"),
    path("<int:pk>/simulate/", actions.simulate, name="simulate"),
    path("<int:pk>/run/", run_views.run, name="run"),
    path("<int:pk>/stop/", actions.stop, name="stop"),
    path("<int:pk>/take-back/", actions.take_back, name="take_back"),
    path(
        "<int:pk>/claims/<int:position>/take-back/", actions.take_back_claim, name="take_back_claim"
    ),
    path("<int:pk>/claims/<int:position>/apply/", actions.apply, name="apply"),
    path("<int:pk>/claims/<int:position>/settle/", actions.settle, name="settle"),
    path("<int:pk>/claims/<int:position>/unsettle/", actions.unsettle, name="unsettle"),
    path("<int:pk>/claims/<int:position>/apply-beside/", actions.apply_beside, name="apply_beside"),
    path(
        "<int:pk>/claims/<int:position>/apply-instead/", actions.apply_instead, name="apply_instead"
    ),
]
