"""One text for each reason of the way in."""

from math import ceil

from clinicweb.accounts import one_time
from clinicweb.core.errors import TooManyAttempts
from clinicweb.core.i18n import counted, lazy

REASONS = {
    one_time.USED: lazy("Este enlace ya se usó, o pidió otro después. Cada enlace vale una vez."),
    one_time.EXPIRED: lazy("Este enlace ya no vale: pasó demasiado tiempo."),
}


def wait_text(limit: TooManyAttempts) -> str:
    """How long to wait, in words."""
    return counted(
        "Demasiados intentos. Espere %(num)s minuto y pruebe de nuevo.",
        "Demasiados intentos. Espere %(num)s minutos y pruebe de nuevo.",
        ceil(limit.retry_after_seconds / 60),
    )
