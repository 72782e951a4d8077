"""«Mi perfil»: one's own names, password and sessions.  S0-39, S0-40, S4-20."""

from dataclasses import dataclass

from flask import Blueprint, Response, flash, g, session, url_for

from clinicweb.accounts import own_data_actions, queries
from clinicweb.accounts import recovery_actions as actions
from clinicweb.accounts.forms import ChangePasswordForm, LanguageForm
from clinicweb.accounts.own_data import list_accepted
from clinicweb.accounts.password_rules import password_rules, ticked
from clinicweb.accounts.registration_actions import terms_hash
from clinicweb.clinic.installed import current_rules
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import i18n
from clinicweb.core.errors import NotAllowed, TooManyAttempts
from clinicweb.core.i18n import _
from clinicweb.core.viewer import PATIENT, PRACTITIONER
from clinicweb.web.guards import signed_in
from clinicweb.web.render import page, see_other
from clinicweb.web.waiting import slow_down

bp = Blueprint("profile", __name__)


@dataclass(frozen=True, slots=True)
class Way:
    """A page of one's account, and what it is for."""

    text: str
    hint: str
    url: str


@dataclass(frozen=True, slots=True)
class AcceptedLine:
    """Terms agreed to; *url* where the same text can still be read."""

    version: str
    when_text: str
    text_hash: str
    url: str | None


@bp.get("/mi-perfil")
@signed_in
def profile() -> Response:
    return _profile_page(LanguageForm(data={"language": g.viewer.language or i18n.language()}))


def _profile_page(form: LanguageForm, status: int = 200) -> Response:
    rules = current_rules()
    return page(
        "accounts/profile.html",
        status,
        form=form,
        action=url_for("profile.choose_language"),
        name=g.viewer.name,
        users=queries.list_users(g.viewer, document_types=rules.sign_in.document_types),
        ways=_ways(rules),
    )


def _ways(rules: ClinicRules) -> tuple[Way, ...]:
    labels = rules.labels
    return (
        Way(_(labels.own_data), _("Su correo, su teléfono y su ficha"), url_for("own_data.home")),
        Way(_(labels.change_password), _("Cámbiela cada cierto tiempo"), url_for(".password")),
        Way(_("Verificación en dos pasos"), _("Lo que se pide además de la contraseña"),
            url_for("factors.overview")),
        Way(_("Mis sesiones"), _("Equipos donde su cuenta está abierta"),
            url_for("accounts.sessions")),
        *_push_way(rules),
        Way(_("Términos aceptados"), _("Qué aceptó y cuándo"), url_for(".terms")),
        *_video_way(rules),
        *_access_way(),
    )  # fmt: skip


def _access_way() -> tuple[Way, ...]:
    if PATIENT not in g.viewer.roles:
        return ()
    hint = _("Cada lectura y cada cambio de su información")
    return (Way(_("Quién vio mis datos"), hint, url_for("mydata.accesses")),)


def _video_way(rules: ClinicRules) -> tuple[Way, ...]:
    if not rules.video.consent.version or PATIENT not in g.viewer.roles:
        return ()
    hint = _("Su consentimiento, palabra por palabra")
    return (Way(_("Atención por video"), hint, url_for("attention.consented")),)


def _push_way(rules: ClinicRules) -> tuple[Way, ...]:
    if not rules.chat.pushes or g.viewer.roles.isdisjoint((PATIENT, PRACTITIONER)):
        return ()
    hint = _("Equipos que le avisan de un mensaje nuevo")
    return (Way(_("Avisos de mensajes"), hint, url_for("push.devices")),)


@bp.post("/mi-perfil/idioma")
@signed_in
def choose_language() -> Response:
    form = LanguageForm()
    if not form.validate():
        return _profile_page(form, 422)
    own_data_actions.choose_language(g.viewer, form.language.data)
    session["lang"] = form.language.data
    flash(_("Guardamos su idioma."), "success")
    return see_other("profile.profile")


@bp.get("/mi-perfil/terminos")
@signed_in
def terms() -> Response:
    rules = current_rules()
    held = terms_hash(rules.terms)
    lines = tuple(
        AcceptedLine(
            version=row.version,
            when_text=i18n.moment(row.accepted_at, rules.identity.timezone).when_text,
            text_hash=row.text_hash,
            url=url_for("registration.terms") if row.text_hash == held else None,
        )
        for row in list_accepted(g.viewer)
    )
    return page("accounts/accepted_terms.html", lines=lines)


@bp.get("/mi-perfil/clave")
@signed_in
def password() -> Response:
    return _password_page(ChangePasswordForm())


@bp.post("/mi-perfil/clave")
@signed_in
def change_password() -> Response:
    form, rules = ChangePasswordForm(), current_rules()
    if not form.check(password_rules(rules.passwords)):
        return _password_page(form, status=422)
    command = actions.ChangePassword(g.viewer, form.current.data, form.password.data)
    try:
        actions.change_password(rules, command)
    except NotAllowed:
        form.current.errors = [_("No es su contraseña actual.")]
        return _password_page(form, status=422)
    except TooManyAttempts as limit:
        return slow_down(form, limit, lambda status: _password_page(form, status))
    flash(_("Su contraseña cambió. Cerramos sus otras sesiones."), "success")
    return see_other("profile.profile")


def _password_page(form: ChangePasswordForm, status: int = 200) -> Response:
    return page(
        "accounts/change_password.html",
        status,
        form=form,
        action=url_for("profile.change_password"),
        rules=ticked(password_rules(current_rules().passwords), ""),
        review_url=url_for("recovery.review"),
    )
