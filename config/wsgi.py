"""The door of the web server: `gunicorn config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# A page that takes longer is a fault: let the database stop it. Commands and jobs have their own, longer limit.
os.environ.setdefault("DATABASE_STATEMENT_TIMEOUT", "30")

application = get_wsgi_application()
