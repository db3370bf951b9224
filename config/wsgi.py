"""The WSGI entry point."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.database.patience import serve_requests_only

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

serve_requests_only()
application = get_wsgi_application()
# All that pages need, so that nobody's first one waits for it.
import_module(settings.ROOT_URLCONF)
