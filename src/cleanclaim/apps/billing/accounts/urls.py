"""Addresses of the account pages."""

from django.urls import path

from cleanclaim.apps.billing.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.account_list, name="list"),
    path("<int:pk>/", views.account_page, name="account"),
    path("<int:pk>/items/<int:item>/<str:column>/", views.item_why, name="item_why"),
    path("<int:pk>/entries/<int:entry>/", views.entry, name="entry"),
]
