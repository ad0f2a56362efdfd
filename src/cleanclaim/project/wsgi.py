"""The web application, for granian or any other WSGI server; the environment comes from `project.setup`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cleanclaim.project.settings")

application = get_wsgi_application()
