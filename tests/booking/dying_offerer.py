"""A worker of its own that dies when it has chosen whom to tell: ``python -m … DATABASE_URL``."""

import os
import sys

from clinicweb import models  # noqa: F401  all tables, before the first query
from clinicweb.booking import offer_mail
from clinicweb.booking.offering import offer_freed
from clinicweb.core.db import Database, configure
from tests.booking.waiting import AWAKE

_DEAD = 9


def die(*_told: object) -> None:
    os._exit(_DEAD)


if __name__ == "__main__":
    configure(Database(sys.argv[1]))
    offer_mail.enqueue = die  # type: ignore[assignment]
    offer_freed(AWAKE)
