"""The ASGI entry point."""

import os

from django.core.asgi import get_asgi_application

from config.database.patience import serve_requests_only

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

serve_requests_only()
application = get_asgi_application()
