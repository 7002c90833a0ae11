"""WSGI entry point: ORM pages run best on plain threads (docs/adr). The guard stands before, whoever loads it."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection

from linli.config.guard import check_guard
from linli.config.privacy import keep_private

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.config.settings")
application = get_wsgi_application()
keep_private(settings.DATA_DIR)
check_guard()
connection.close()
