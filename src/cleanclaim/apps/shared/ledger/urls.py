"""Addresses of the ledger's pages."""

from django.urls import path

from cleanclaim.apps.shared.ledger import views

app_name = "ledger"
urlpatterns = [
    path("", views.trial_balance, name="trial"),
    path("accounts/<str:code>/", views.account_page, name="account"),
    path("entries/<int:pk>/", views.entry_page, name="entry"),
    path("entries/<int:pk>/about/", views.about_entry, name="about"),
    path("proof/", views.proof_page, name="proof"),
    path("proof/result/", views.proof_result, name="proof_result"),
    path("months/", views.month_list, name="months"),
    path("months/<int:year>-<int:month>/", views.about_month, name="month"),
]
