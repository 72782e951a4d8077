"""The guide's topics about coming in: an account, signing in, and the ways back."""

from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.i18n import _
from clinicweb.help.guide import Line, Topic, lines, step
from clinicweb.help.sections import sections

REGISTERING, SIGNING_IN, RECOVERING = "cuenta", "ingreso", "recuperar"


def registering(rules: ClinicRules) -> Topic | None:
    if not rules.registration.is_open:
        return None
    return Topic(
        REGISTERING,
        _(rules.labels.register_link),
        sections(
            access=lines(
                _(
                    "En la página de entrada, pulse «%(button)s».",
                    button=_(rules.labels.register_link),
                )
            ),
            procedure=_registering_steps(rules),
            requirements=_registering_needs(rules),
            considerations=_registering_advice(rules),
        ),
    )


def _registering_steps(rules: ClinicRules) -> tuple[Line, ...]:
    labels, asked = rules.labels, rules.registration
    first = _(
        "Escriba los datos que se piden y pulse «%(button)s».", button=_(labels.validate_button)
    )
    rest = _(
        "Complete sus datos, lea y acepte las condiciones de uso y pulse «%(button)s».",
        button=_(labels.register_button),
    )
    return (
        *((step("validar", first),) if asked.first_fields else ()),
        step("datos", rest),
        *lines(
            _("Anote la contraseña que aparece en pantalla: sirve para entrar una vez.")
            if asked.generates_password
            else None,
        ),
        step("activar", _activating(rules)),
    )


def _activating(rules: ClinicRules) -> str:
    asked = rules.registration
    if asked.activation == "link":
        return _(
            "Abra el enlace que le enviamos por correo y pulse el botón: vale %(hours)s horas.",
            hours=asked.link_hours,
        )
    if asked.activation == "code":
        return _(
            "Escriba el código que le enviamos: vale %(minutes)s minutos y "
            "admite %(count)s intentos.",
            minutes=asked.code_minutes,
            count=asked.code_attempts,
        )
    return _("Su cuenta queda activa de inmediato: ya puede entrar.")


def _registering_needs(rules: ClinicRules) -> tuple[Line, ...]:
    by_proof = {
        "none": _("Basta su documento y un correo que pueda leer."),
        "document": _("La clínica debe conocer ya su número de documento."),
        "affiliation": _(
            "El número de afiliación y el número de serie de la credencial, y un "
            "correo que pueda leer."
        ),
        "email": _("Su correo debe estar en su historia clínica."),
    }
    return lines(by_proof[rules.registration.proof], _password_needs(rules))


def _password_needs(rules: ClinicRules) -> str:
    shortest = rules.passwords.shortest
    if rules.passwords.policy == "strict":
        return _(
            "La contraseña que elija lleva al menos %(count)s caracteres, con una mayúscula, una "
            "minúscula y un número.",
            count=shortest,
        )
    return _(
        "La contraseña que elija lleva al menos %(count)s caracteres y no es de las más usadas.",
        count=shortest,
    )


def _registering_advice(rules: ClinicRules) -> tuple[Line, ...]:
    asked = rules.registration
    return lines(
        _("Hay una sola cuenta por familia, a nombre de quien es titular.")
        if asked.one_account_per_family
        else None,
        _(
            "Lo que le enviamos para activar sirve una sola vez. Si venció o no llega, mire en "
            "correo no deseado y pida otro con «%(button)s», las veces que necesite.",
            button=_(rules.labels.resend_activation),
        )
        if asked.activation != "none"
        else None,
        _(
            "Si ya tiene una cuenta, no abra otra: use «%(button)s».",
            button=_(rules.labels.recover_password),
        ),
        *(_(text) for text in rules.help.registration),
    )


def signing_in(rules: ClinicRules) -> Topic:
    return Topic(
        SIGNING_IN,
        _(rules.labels.sign_in),
        sections(
            access=lines(_("Desde cualquier navegador; no hay que instalar nada.")),
            procedure=_signing_in_steps(rules),
            requirements=lines(_("Una cuenta activa.")),
            considerations=_signing_in_advice(rules),
        ),
    )


def _signing_in_steps(rules: ClinicRules) -> tuple[Line, ...]:
    labels = rules.labels
    return lines(
        _(
            "Escriba «%(name)s» y «%(password)s», y pulse «%(button)s».",
            name=_(labels.identifier),
            password=_(labels.password),
            button=_(labels.sign_in),
        ),
        _(
            "Si se le pide, compruebe que no es un robot: con una marca, o con los números de la "
            "imagen."
        )
        if rules.sign_in.captcha != "off"
        else None,
        _second_factor(rules),
    )


def _signing_in_advice(rules: ClinicRules) -> tuple[Line, ...]:
    door = rules.sign_in
    return lines(
        _("La sesión se cierra sola tras %(minutes)s minutos sin uso.", minutes=door.idle_minutes),
        _(
            "Después de %(count)s intentos fallidos hay que esperar antes del siguiente, a lo más "
            "%(minutes)s minutos. La cuenta no se bloquea para siempre.",
            count=door.free_failures,
            minutes=door.longest_wait_minutes,
        ),
        _(
            "Si pide seguir conectado, ese aparato le recuerda %(days)s días: no lo haga en uno "
            "compartido.",
            days=door.keep_days,
        )
        if door.keep_days
        else None,
        _("En «Mis sesiones» ve dónde está abierta su cuenta, y puede cerrarla."),
        *(_(text) for text in rules.help.sign_in),
    )


def _second_factor(rules: ClinicRules) -> str | None:
    texts = {
        "always": _("Elija por dónde recibir un código y escríbalo."),
        "new_device": _("En un aparato nuevo, elija por dónde recibir un código y escríbalo."),
    }
    return texts.get(rules.sign_in.second_factor)


def recovering(rules: ClinicRules) -> Topic:
    return Topic(
        RECOVERING,
        _("Recuperar el acceso"),
        sections(
            access=lines(
                _(
                    "En la página de entrada, debajo de «%(button)s».",
                    button=_(rules.labels.sign_in),
                )
            ),
            procedure=_recovering_steps(rules),
            requirements=lines(_("Poder leer el correo registrado.")),
            considerations=_recovering_advice(rules),
        ),
    )


def _recovering_steps(rules: ClinicRules) -> tuple[Line, ...]:
    labels, minutes = rules.labels, rules.recovery.link_minutes
    by_link = _(
        "Si olvidó su contraseña, use «%(button)s». El enlace del correo vale "
        "%(minutes)s minutos: "
        "ábralo y elija otra.",
        button=_(labels.recover_password),
        minutes=minutes,
    )
    by_mail = _(
        "Si olvidó su contraseña, use «%(button)s». El enlace del correo vale "
        "%(minutes)s minutos: "
        "al confirmar recibe una contraseña que sirve una vez, y luego elige otra.",
        button=_(labels.recover_password),
        minutes=minutes,
    )
    user = _(
        "Si olvidó con qué nombre entra, use «%(button)s»: se lo enviamos a su correo.",
        button=_(labels.recover_user),
    )
    lost = _(
        "Si ya no puede leer ese correo, use «%(button)s» y dé otro.", button=_(labels.reactivate)
    )
    is_by_link = rules.recovery.password_by == "link"  # noqa: S105  a way
    return (
        step("clave", by_link if is_by_link else by_mail),
        step("usuario", user),
        *((step("reactivar", lost),) if rules.recovery.reactivation else ()),
    )


def _recovering_advice(rules: ClinicRules) -> tuple[Line, ...]:
    recovery = rules.recovery
    return lines(
        _(
            "La respuesta en pantalla es la misma exista o no la cuenta: así "
            "nadie averigua quién tiene una."
        ),
        _(
            "Cada persona recibe a lo más %(count)s de estos correos por hora.",
            count=recovery.mails_per_person_hour,
        ),
        _(
            "El cambio de correo se avisa al anterior, desde donde se puede "
            "deshacer por %(days)s días.",
            days=recovery.reactivation_undo_days,
        )
        if recovery.reactivation
        else None,
        *(_(text) for text in rules.help.recovery),
        *(_(text) for text in rules.help.reactivation if recovery.reactivation),
    )
