"""Addresses of the plans' pages."""

from django.urls import path

from cleanclaim.apps.payer.plans import views

app_name = "plans"
urlpatterns = [
    path("", views.plan_list, name="list"),
    path("<int:pk>/", views.plan_page, name="plan"),
    path("contracts/<int:pk>/", views.contract_page, name="contract"),
    path("contracts/<int:pk>/fees/<int:edition_id>/", views.fees, name="fees"),
    path("providers/", views.provider_list, name="providers"),
]
