"""The web application, for granian or any other WSGI server; the environment comes from `project.setup`."""

import gc
import os

from django.core.wsgi import get_wsgi_application

from cleanclaim.project.children import die_with_parent_if_asked


def keep_what_is_loaded() -> None:
    """Take what is loaded now, which stays for good, from the collector.

    Without this it walks all of it every few requests, 40 ms at a time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


die_with_parent_if_asked()  # granian that is killed would leave its workers, and they the port
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cleanclaim.project.settings")

application = get_wsgi_application()
keep_what_is_loaded()
