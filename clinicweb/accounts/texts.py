"""One text for each reason of the way in."""

from clinicweb.accounts import flow, one_time
from clinicweb.core.i18n import lazy

REASONS = {
    one_time.USED: lazy("Este enlace ya se usó, o pidió otro después. Cada enlace vale una vez."),
    one_time.CODE_WRONG: lazy("El código no es correcto. Revíselo en el correo."),
    one_time.CODE_OVER: lazy("Este código ya no vale. Pida que le envíen otro."),
    flow.TOO_MANY: lazy("Demasiados registros desde esta conexión. Intente más tarde."),
    one_time.EXPIRED: lazy("Este enlace ya no vale: pasó demasiado tiempo."),
}
