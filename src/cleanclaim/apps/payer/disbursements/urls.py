"""Addresses of the check runs' pages."""

from django.urls import path

from cleanclaim.apps.payer.disbursements.views import acting, reading

app_name = "check_runs"
urlpatterns = [
    path("", reading.run_list, name="list"),
    path("prepare/", acting.prepare, name="prepare"),
    path("<int:pk>/", reading.run_page, name="run"),
    path("<int:pk>/release/", acting.release, name="release"),
    path("<int:pk>/payee/<int:provider_id>/", reading.payee, name="payee"),
    path("<int:pk>/lines/<int:line_id>/", reading.line, name="line"),
    path("<int:pk>/lines/<int:line_id>/hold/", acting.hold, name="hold"),
    path("<int:pk>/lines/<int:line_id>/take-in/", acting.take_in, name="take_in"),
    path("payments/<int:pk>/why/", reading.payment_why, name="payment_why"),
]
