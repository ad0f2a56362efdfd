"""Addresses of the deposit pages."""

from django.urls import path

from cleanclaim.apps.billing.deposits import (
    actions,
    awaited_views,
    batch_views,
    debit_actions,
    views,
)

app_name = "deposits"
urlpatterns = [
    path("", views.deposit_list, name="list"),
    path("upload/", actions.upload, name="upload"),
    path("selected/", actions.place_selected, name="selected"),
    path("cash/", views.cash_page, name="cash"),
    path("cash/own/", actions.own, name="own"),
    path("lines/<int:pk>/", views.line_page, name="line"),
    path("lines/<int:pk>/about/", views.about, name="about"),
    path("lines/<int:pk>/place/", actions.place, name="place"),
    path("lines/<int:pk>/settle/", debit_actions.settle, name="settle"),
    path("lines/<int:pk>/act/", debit_actions.act, name="act"),
    path("lines/<int:pk>/fee/", debit_actions.fee, name="fee"),
    path("lines/<int:pk>/reopen/", debit_actions.reopen, name="reopen"),
    path("lines/<int:pk>/split/", actions.split, name="split"),
    path("awaited/<int:pk>/", awaited_views.awaited_page, name="awaited"),
    path("awaited/<int:pk>/card/", awaited_views.pay_card, name="pay_card"),
    path("awaited/<int:pk>/given-back/", awaited_views.given_back, name="given_back"),
    path("awaited/<int:pk>/reissue/", awaited_views.reissue, name="reissue"),
    path("awaited/<int:pk>/reissue/undo/", awaited_views.undo_reissue, name="undo_reissue"),
    path("<int:pk>/undo/", actions.undo, name="undo"),
    path("batches/", batch_views.batch_list, name="batches"),
    path("batches/open/", batch_views.open_batch, name="open_batch"),
    path("batches/<int:pk>/", batch_views.batch_page, name="batch"),
    path("batches/<int:pk>/items/", batch_views.add_item, name="add_item"),
    path("batches/<int:pk>/items/<int:position>/", batch_views.remove_item, name="remove_item"),
    path("batches/<int:pk>/receipts/", batch_views.take_receipts, name="take_receipts"),
    path("batches/<int:pk>/close/", batch_views.close_batch, name="close_batch"),
    path("batches/<int:pk>/undo-back/", batch_views.undo_back, name="undo_back"),
    path("batches/<int:pk>/slip/", batch_views.slip, name="slip"),
]
