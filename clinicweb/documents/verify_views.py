"""«Verificar documento»: for whoever was handed one.  Nobody signs in here."""

from flask import Blueprint, Response, request

from clinicweb.core.errors import NotFound, TooManyAttempts
from clinicweb.core.forms import unsent
from clinicweb.core.i18n import _, lazy
from clinicweb.documents import people, verification
from clinicweb.documents.codes import read_code, shown_code
from clinicweb.documents.signature import CannotLook
from clinicweb.documents.verification import Verified
from clinicweb.documents.verify_cards import card_of
from clinicweb.documents.verify_forms import CodeForm, UploadForm
from clinicweb.web.errors import Told, error_page
from clinicweb.web.guards import public
from clinicweb.web.render import page
from clinicweb.web.waiting import slow_down

CROWDED = Told(
    lazy("Hay muchas verificaciones en este momento"),
    lazy("Espere unos segundos y vuelva a intentarlo."),
)
bp = Blueprint("verify", __name__, url_prefix="/verificar")


@bp.get("")
@public
def form() -> Response:
    """A QR leads here with its code: looking it up takes a press, so that guesses are counted."""
    people.sick_leave_rules()
    code, upload = _forms()
    found = read_code(request.args.get("codigo", "")[:40])
    if found:
        code.code.data = shown_code(found)
    return _page(code, upload)


@bp.post("")
@public
def code() -> Response:
    rules = people.sick_leave_rules()
    form, (_none, upload) = CodeForm(), _forms()
    if not form.validate():
        return _page(form, upload, 422)
    try:
        found = verification.verify_code(rules, form.code.data, address=_address())
    except NotFound:
        form.code.errors = [_("No conocemos ese código. Revise cada letra; si está bien escrito, "
                              "la clínica no emitió ese documento.")]  # fmt: skip
        return _page(form, upload, 422)
    except TooManyAttempts as limit:
        return slow_down(form, limit, lambda status: _page(form, upload, status))
    return _result(found)


@bp.post("/archivo")
@public
def file() -> Response:
    rules = people.sick_leave_rules()
    form, (code, _none) = UploadForm(), _forms()
    if not form.validate():
        return _page(code, form, 422)
    try:
        found = verification.verify_file(rules, form.content, address=_address())
    except NotFound:
        form.file.errors = [_("Este archivo no es un documento con sello de esta clínica.")]
        return _page(code, form, 422)
    except TooManyAttempts as limit:
        return slow_down(form, limit, lambda status: _page(code, form, status))
    except CannotLook:
        return error_page(503, CROWDED)
    return _result(found)


def _address() -> str:
    return request.remote_addr or ""


def _forms() -> tuple[CodeForm, UploadForm]:
    with unsent():
        return CodeForm(), UploadForm()


def _page(code: CodeForm, upload: UploadForm, status: int = 200) -> Response:
    wrong = upload if upload.errors else code
    return page("documents/verify.html", status, form=wrong, code_form=code, upload_form=upload)


def _result(found: Verified) -> Response:
    return page("documents/verified.html", card=card_of(found))
