"""What the pages of all mailed links share: reading the link, and saying why it does not work."""

from flask import Response, url_for

from clinicweb.accounts import one_time
from clinicweb.clinic.installed import secret_keys
from clinicweb.core import tokens
from clinicweb.core.errors import NotFound
from clinicweb.core.i18n import _
from clinicweb.web.errors import reason_text
from clinicweb.web.render import page


def read_link(purpose: tokens.Purpose, token: str) -> tuple[str, str | None]:
    """The row that *token* names, and why it would not work.  Raises ``NotFound``."""
    try:
        link_id = tokens.read(secret_keys(), purpose, token, max_age=one_time.REMEMBERED)
    except tokens.BadToken:
        raise NotFound from None
    state = one_time.look(purpose, link_id)
    if state is None:
        raise NotFound
    return link_id, state.problem


def problem_page(
    problem: str,
    *,
    resend_url: str | None,
    again_url: str | None = None,
    again_text: str | None = None,
) -> Response:
    """
    Why a link does not work, and what helps.

    Args:
        resend_url: sends the successor of an expired link by one press.
        again_url: where links of this kind are asked for; «Recuperar contraseña» by default.
    """
    return page(
        "accounts/link_problem.html",
        410,
        text=reason_text(problem),
        resend_url=resend_url if problem == one_time.EXPIRED else None,
        again_url=again_url or url_for("recovery.password"),
        again_text=again_text or _("Pedir otro enlace"),
    )
