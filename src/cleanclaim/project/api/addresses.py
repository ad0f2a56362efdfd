"""All operations of /api/v1."""

from cleanclaim.project.api import files, ledger, work
from cleanclaim.project.api.door import make_api, patterns_of

app_name = "api-v1"

api = make_api()
for module in (files, ledger, work):
    api.add_router("", module.router)

urlpatterns = patterns_of(api)
