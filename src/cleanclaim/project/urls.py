"""Every address of the workbench."""

from django.urls import URLPattern, URLResolver, include, path

from cleanclaim.project import file_patients, pages
from cleanclaim.project.navigation import APP_URLS

file_patients.register()

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.landing, name="landing"),
    path("health/", pages.health, name="health"),
    path("account/", include("allauth.urls")),
    path("demo-sign-in/", pages.demo_sign_in, name="demo_sign_in"),
    path("organization/", pages.choose_organization, name="choose_organization"),
    path("as-of/", pages.set_as_of, name="set_as_of"),
    path("theme/", pages.set_theme, name="set_theme"),
    path("find/", pages.find, name="find"),
    path("api/v1/", include("cleanclaim.project.api.addresses")),
    *(path(prefix, include(module)) for prefix, module in APP_URLS),
]

handler400 = "cleanclaim.project.pages.bad_request"
handler403 = "cleanclaim.project.pages.forbidden"
handler404 = "cleanclaim.project.pages.not_found"
handler500 = "cleanclaim.project.pages.server_error"
