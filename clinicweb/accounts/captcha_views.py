"""The digits of a captcha, drawn and spoken, for who has no scripts."""

from flask import Blueprint, Response

from clinicweb.accounts import captcha, captcha_media
from clinicweb.clinic.installed import current_rules, secret_keys
from clinicweb.core import i18n
from clinicweb.web.guards import public

bp = Blueprint("captcha", __name__, url_prefix="/captcha/<purpose>/<captcha_token>")


@bp.get("/imagen.png")
@public
def picture(purpose: str, captcha_token: str) -> Response:
    return Response(captcha_media.draw(_digits(purpose, captcha_token)), mimetype="image/png")


@bp.get("/audio.wav")
@public
def sound(purpose: str, captcha_token: str) -> Response:
    spoken = captcha_media.speak(_digits(purpose, captcha_token), i18n.language())
    return Response(spoken, mimetype="audio/wav")


def _digits(purpose: str, captcha_token: str) -> str:
    return captcha.digits_of(secret_keys(), purpose, captcha_token, current_rules().captcha)
