"""Addresses of the keying pages."""

from django.urls import path

from cleanclaim.apps.billing.keying import actions, other_views, views

app_name = "keying"
urlpatterns = [
    path("", views.batch_list, name="list"),
    path("new/", actions.begin, name="begin"),
    path("<int:pk>/", views.batch_page, name="batch"),
    path("<int:pk>/check/", actions.change, name="change"),
    path("<int:pk>/find/", views.find, name="find"),
    path("<int:pk>/save/", actions.save, name="save"),
    path("<int:pk>/undo/", actions.undo, name="undo"),
    path("<int:pk>/simulation/", views.simulate, name="simulate"),
    path("<int:pk>/scan/", views.scan, name="scan"),
    path("<int:pk>/take/", actions.take, name="take"),
    path("<int:pk>/drop/", actions.drop, name="drop"),
    path("<int:pk>/correct/", actions.correct, name="correct"),
    path("other/<int:pk>/withdraw/", other_views.withdraw, name="other_withdraw"),
    path("other/<int:pk>/decide/", other_views.decide, name="other_decide"),
    path("<int:pk>/post/", actions.post, name="post"),
]
