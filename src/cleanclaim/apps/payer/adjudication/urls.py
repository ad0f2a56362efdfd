"""Addresses of the cases' pages."""

from django.urls import path

from cleanclaim.apps.payer.adjudication.views import acting, case, listing, queue

app_name = "cases"
urlpatterns = [
    path("", listing.case_list, name="list"),
    path("pended/", queue.pended, name="pended"),
    path("of-member/<int:pk>/", listing.of_member, name="of_member"),
    path("<int:pk>/", case.case_page, name="page"),
    path("<int:pk>/about/", case.about, name="about"),
    path("<int:pk>/why/<str:amount>/", case.why, name="why"),
    path("<int:pk>/why/<str:amount>/<int:line>/", case.why, name="line_why"),
    path("<int:pk>/again/", case.again, name="again"),
    path("<int:pk>/evidence/", queue.evidence, name="evidence"),
    path("<int:pk>/release/", acting.release, name="release"),
    path("<int:pk>/deny/", acting.deny, name="deny"),
]
