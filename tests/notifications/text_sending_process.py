"""A worker of its own, to be killed: ``python -m … DATABASE_URL GATEWAY_URL``."""

import sys
import threading

from clinicweb import worker
from clinicweb.core.db import Database, configure
from tests.notifications.mails import make_app
from tests.notifications.texts import text_courier

if __name__ == "__main__":
    url, gateway = sys.argv[1:]
    configure(Database(url))
    worker.run(make_app(), threading.Event(), worker.usual_jobs(text_courier(gateway)))
