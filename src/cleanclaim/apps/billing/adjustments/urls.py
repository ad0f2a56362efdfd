"""Addresses of adjustments."""

from django.urls import path

from cleanclaim.apps.billing.adjustments.views import asking, requests, small

app_name = "adjustments"
urlpatterns = [
    path("", requests.request_list, name="list"),
    path("selected/", requests.selected, name="selected"),
    path("small/", small.small, name="small"),
    path("account/<int:patient>/", asking.new, name="new"),
    path("account/<int:patient>/hold/", asking.hold, name="hold"),
    path("account/<int:patient>/lift/<int:pk>/", asking.lift, name="lift"),
    path("payment/<int:patient>/<int:entry>/", asking.reapply, name="reapply"),
    path("<int:pk>/", requests.request_page, name="request"),
    path("<int:pk>/<str:verb>/", requests.act, name="act"),
]
