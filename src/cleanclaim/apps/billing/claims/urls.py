"""Addresses of the claim pages."""

from django.urls import path

from cleanclaim.apps.billing.claims.views import acting, correcting, listing, page, payers

app_name = "claims"
urlpatterns = [
    path("", listing.claim_list, name="list"),
    path("selected/", listing.selected, name="selected"),
    path("<int:pk>/", page.claim_page, name="page"),
    path("<int:pk>/about/", listing.about, name="about"),
    path("<int:pk>/why/<slug:name>/", page.why, name="why"),
    path("<int:pk>/lines/<int:line>/why/<slug:name>/", page.why, name="why_line"),
    path("<int:pk>/entries/<int:entry_id>/", page.entry, name="entry"),
    path("<int:pk>/correct/", correcting.correct, name="correct"),
    path("<int:pk>/difference/", correcting.difference, name="difference"),
    path("<int:pk>/findings/<int:finding_id>/fix/", acting.fix, name="fix"),
    path("<int:pk>/send/", acting.send, name="send"),
    path("<int:pk>/release/", acting.release, name="release"),
    path("<int:pk>/resend/", acting.resend, name="resend"),
    path("<int:pk>/void/", acting.void, name="void"),
    path("<int:pk>/payers/", payers.payers, name="payers"),
    path("<int:pk>/payers/benefit/", payers.benefit_left, name="benefit_left"),
    path("<int:pk>/payers/write-off/", payers.write_off, name="write_off_protected"),
    path("<int:pk>/payers/<slug:step>/", payers.change, name="payers_change"),
    path("<int:pk>/note/", acting.note, name="note"),
]
