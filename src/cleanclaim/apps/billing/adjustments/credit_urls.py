"""Addresses of credits and refunds."""

from django.urls import path

from cleanclaim.apps.billing.adjustments.views import credits, issuing, terms

app_name = "credits"
urlpatterns = [
    path("", credits.credit_list, name="list"),
    path("identify/", credits.identify, name="identify"),
    path("terms/", terms.terms, name="terms"),
    path("terms/<int:pk>/withdraw/", terms.term_withdraw, name="term_withdraw"),
    path("terms/<int:pk>/decide/<str:verb>/", terms.term_decide, name="term_decide"),
    path("issue/", issuing.issue, name="issue"),
    path("files/<int:pk>/<str:part>/", issuing.file_bytes, name="file"),
    path("<int:pk>/", credits.case, name="case"),
    path("<int:pk>/letter/", credits.letter, name="letter"),
    path("<int:pk>/<str:verb>/", credits.act, name="act"),
]
