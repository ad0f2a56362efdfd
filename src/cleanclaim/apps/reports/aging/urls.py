"""Addresses of the aging pages."""

from django.urls import path

from cleanclaim.apps.reports.aging import queue_views, review_views, views

app_name = "aging"
urlpatterns = [
    path("", views.aging_page, name="aging"),
    path("items/", views.item_page, name="items"),
    path("items/queue/", queue_views.make_queue, name="queue"),
    path("reviews/", review_views.review_list, name="reviews"),
    path("reviews/prepare/", review_views.prepare, name="prepare_review"),
    path("reviews/guideline/", review_views.save_guideline, name="guideline"),
    path("reviews/month/<int:number>/", review_views.reviews_of_month, name="month_reviews"),
    path("reviews/<int:pk>/", review_views.review_page, name="review"),
    path("reviews/<int:pk>/<str:verb>/", review_views.act, name="review_act"),
    path("items/queue/undo/", queue_views.undo_queue, name="undo_queue"),
]
