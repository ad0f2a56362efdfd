"""Addresses of the close."""

from django.urls import path

from cleanclaim.apps.reports.closing import (
    acknowledgement_views,
    calendar_views,
    exports,
    review_views,
    task_views,
    views,
)

app_name = "closing"
urlpatterns = [
    path("", views.month_list, name="list"),
    path("<int:year>-<int:month>/", views.month_page, name="month"),
    path("<int:year>-<int:month>/ask/", views.ask, name="ask"),
    path("<int:year>-<int:month>/accrue/", views.accrue, name="accrue"),
    path("<int:year>-<int:month>/tasks/", task_views.task_list, name="tasks"),
    path("<int:year>-<int:month>/tasks/<slug:name>/", task_views.task_page, name="task"),
    path("<int:year>-<int:month>/tasks/<slug:name>/<str:verb>/", task_views.mark, name="mark"),
    path("<int:year>-<int:month>/items/", review_views.items_page, name="items"),
    path("<int:year>-<int:month>/items/mark/", review_views.mark_item, name="mark_item"),
    path("<int:year>-<int:month>/items/reclass/", review_views.reclass_item, name="reclass_item"),
    path("tasks/<int:number>/", task_views.month_by_number, name="month_tasks"),
    path("calendar/", calendar_views.calendar_page, name="calendar"),
    path("calendar/new/", calendar_views.new_task, name="new_task"),
    path("calendar/save/", calendar_views.save_task, name="save_task"),
    path("calendar/use/", calendar_views.use_calendar, name="use_calendar"),
    path("calendar/task/<slug:name>/", calendar_views.calendar_task, name="calendar_task"),
    path("calendar/task/<slug:name>/remove/", calendar_views.remove_task, name="remove_task"),
    path("accruals/<int:pk>/<str:verb>/", views.decide_accrual, name="decide_accrual"),
    path("requests/<int:pk>/", views.request_page, name="request"),
    path("requests/<int:pk>/<str:verb>/", views.decide, name="decide"),
    path("roll-forward/", exports.rollforward_page, name="rollforward"),
    path("population/", exports.population_page, name="population"),
    path("journals/", exports.journal_list, name="journals"),
    path("journals/make/", exports.make, name="make"),
    path("journals/answers/", acknowledgement_views.take, name="take_answer"),
    path("journals/<int:pk>/log/", acknowledgement_views.journal_page, name="journal_page"),
    path("journals/codes/save/", exports.save_codes, name="save_codes"),
    path("journals/<int:pk>/", exports.download, name="journal"),
    path("journals/codes/", exports.codes, name="codes"),
]
