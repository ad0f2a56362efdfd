"""Addresses of the receipts."""

from django.urls import path

from cleanclaim.apps.billing.receipts import views

app_name = "receipts"
urlpatterns = [
    path("", views.receipt_list, name="list"),
    path("apply/", views.apply_all, name="apply_all"),
    path("patients/<int:patient_id>/", views.take, name="take"),
    path("<int:pk>/", views.receipt_page, name="receipt"),
    path("<int:pk>/<str:verb>/", views.change, name="change"),
]
