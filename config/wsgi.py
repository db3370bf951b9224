"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

from config.database.patience import serve_requests_only

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

serve_requests_only()
application = get_wsgi_application()
