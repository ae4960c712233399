"""A portal with the same three things, as Django is run in production."""

import os
from pathlib import Path

DATA = Path(os.environ["DATA"])
SECRET_KEY = os.environ["SECRET_KEY"]
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "urls"
WSGI_APPLICATION = "wsgi.application"
INSTALLED_APPS = ["hiring"]
# An API with tokens needs no session, no CSRF check and no messages.
MIDDLEWARE = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "portal.sqlite",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # Survives that the process is killed; only a power cut may take the last commits.
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000;",
            # Who writes says so at once, and is not refused half way.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
        },
    }
}
INBOX = DATA / "inbox"
SENDER_ADDRESS = "portal@example.com"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
LOGGING_CONFIG = None
