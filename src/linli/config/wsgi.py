"""WSGI entry point: ORM pages run best on plain threads (docs/adr). The guard stands before, whoever loads it."""

import os

from django.core.wsgi import get_wsgi_application
from django.db import connection

from linli.config.guard import check_guard

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")
application = get_wsgi_application()
check_guard()
connection.close()
