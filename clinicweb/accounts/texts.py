"""One text for each reason of the way in."""

from clinicweb.accounts import (
    captcha,
    enrolment,
    matching,
    one_time,
    own_data_actions,
    own_factor_actions,
    passkey_actions,
    sign_in_requests,
    totp_actions,
)
from clinicweb.core.i18n import lazy

REASONS = {
    captcha.MISSING: lazy("Falta comprobar que no es un robot."),
    captcha.WRONG: lazy("Esos no eran los números. Escriba los de esta imagen nueva."),
    captcha.OVER: lazy("La comprobación ya no vale. Hágala otra vez."),
    own_data_actions.CHANGED_MEANWHILE: lazy(
        "Sus datos cambiaron mientras tanto, en otra ventana. Revíselos y envíe de nuevo."
    ),
    one_time.USED: lazy("Este enlace ya se usó, o pidió otro después. Cada enlace vale una vez."),
    one_time.CODE_WRONG: lazy("El código no es correcto. Revíselo en el correo."),
    one_time.CODE_OVER: lazy("Este código ya no vale. Pida que le envíen otro."),
    sign_in_requests.CODE_WRONG: lazy("El código no es correcto. Revíselo y pruebe de nuevo."),
    sign_in_requests.CODE_OVER: lazy("Este código ya no vale. Pida otro."),
    own_factor_actions.FACTOR_LAST: lazy(
        "Su clínica pide verificación en dos pasos, y esto es lo único que usted tiene."
        " Agregue primero otra forma."
    ),
    totp_actions.WRONG_CODE: lazy(
        "El código no es correcto, o ya se usó. Escriba el que la aplicación muestra ahora."
    ),
    passkey_actions.REFUSED: lazy(
        "No pudimos reconocer la llave de acceso. Pruebe otra vez, o siga de otra forma."
    ),
    passkey_actions.TOO_MANY: lazy("Ya tiene muchas llaves de acceso. Quite antes alguna."),
    one_time.EXPIRED: lazy("Este enlace ya no vale: pasó demasiado tiempo."),
    enrolment.REFUSED + matching.TAKEN: lazy(
        "Ya hay una cuenta con esos datos. Si es suya, inicie sesión o recupere su contraseña."
    ),
    enrolment.REFUSED + matching.NO_MATCH: lazy(
        "Sus datos ya no calzan con los de la clínica. Llame a la clínica."
    ),
    enrolment.REFUSED + enrolment.USERNAME_TAKEN: lazy(
        "Otra persona tomó ese nombre de usuario antes. Regístrese de nuevo con otro."
    ),
}
