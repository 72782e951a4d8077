"""One text for each reason of the way in."""

from clinicweb.accounts import one_time
from clinicweb.core.i18n import lazy

REASONS = {
    one_time.USED: lazy("Este enlace ya se usó, o pidió otro después. Cada enlace vale una vez."),
    one_time.EXPIRED: lazy("Este enlace ya no vale: pasó demasiado tiempo."),
}
