"""The part of a form that asks for a captcha: which forms have it, and what it shows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeVar

from flask import request, url_for
from wtforms import Field

from clinicweb.accounts import captcha
from clinicweb.accounts.captcha import Answer
from clinicweb.accounts.forms import SignInForm
from clinicweb.clinic.installed import current_rules, secret_keys
from clinicweb.core.errors import InvalidInput, NotAllowed, NotFound
from clinicweb.core.forms import Form
from clinicweb.web.errors import reason_text

_LONGEST_TOKEN = 200
LONGEST_DIGITS = 12

AnyForm = TypeVar("AnyForm", bound=Form)


@dataclass(frozen=True, slots=True)
class Picture:
    """Six digits to read or to hear, and what was typed of them so far."""

    token: str
    image_url: str
    sound_url: str
    typed: str


def _always() -> bool:
    return True


class CaptchaField(Field):
    """
    One question in three fields: ``captcha`` by scripts, ``…_picture`` and ``…_digits`` without.

    What was answered stays while other fields are corrected; it goes once it was checked.
    """

    def __init__(self, purpose: str, *, when: Callable[[], bool] = _always, **options: Any) -> None:
        super().__init__(**options)
        self.purpose, self._when = purpose, when

    def process(self, formdata: Any, *_others: Any, **_more: Any) -> None:
        def sent(name: str, longest: int) -> str:
            value = formdata.get(name, "") if formdata else ""
            return str(value) if len(value) <= longest else ""

        self.process_errors, self.data = (), None
        self.answer = Answer(
            work=sent(self.name, captcha.LONGEST_WORK),
            picture=sent(f"{self.name}_picture", _LONGEST_TOKEN),
            typed=sent(f"{self.name}_digits", LONGEST_DIGITS),
        )
        wants_another = bool(sent(f"{self.name}_again", 1))
        self.wants_another = wants_another and not self.answer.typed
        if self.wants_another:
            self.answer = Answer()
        # Asked, and no script answered: there may be none, so the picture is for all to see.
        self.is_plain = self.name in (formdata or ()) and not self.answer.work

    def spend(self) -> None:
        """What was answered has been looked at, and counts no more."""
        self.answer = Answer()
        self.__dict__.pop("picture", None)

    @property
    def is_asked(self) -> bool:
        return self._when()

    @property
    def challenge(self) -> str:
        return captcha.challenge(secret_keys(), self.purpose, current_rules().captcha)

    @cached_property
    def picture(self) -> Picture:
        token = self.answer.picture
        try:
            captcha.digits_of(secret_keys(), self.purpose, token, current_rules().captcha)
        except NotFound:
            token = captcha.picture(secret_keys(), self.purpose)
        return Picture(
            token,
            image_url=url_for("captcha.picture", purpose=self.purpose, captcha_token=token),
            sound_url=url_for("captcha.sound", purpose=self.purpose, captcha_token=token),
            typed=self.answer.typed,
        )


class _Asking:
    def validate(self, extra_validators: Any = None) -> bool:
        """Whoever asks for another picture gets the form again, and no complaints."""
        if self.captcha.wants_another:  # type: ignore[attr-defined]
            return False
        return bool(super().validate(extra_validators))  # type: ignore[misc]


def with_captcha(
    form: type[AnyForm], purpose: str, *, when: Callable[[], bool] = _always
) -> type[AnyForm]:
    """*form* with a captcha of *purpose*; ``check()`` asks for it while *when* says so."""
    return type(form.__name__, (_Asking, form), {"captcha": CaptchaField(purpose, when=when)})


def sign_in_form() -> type[SignInForm]:
    """S1-9.  All are asked alike, known or not: only their network may make a difference."""
    rules = current_rules()
    asks, address = rules.sign_in.captcha, request.remote_addr or ""
    if asks == "off":
        return SignInForm
    if asks == "always":
        return with_captcha(SignInForm, captcha.SIGN_IN)
    failed_often = partial(captcha.has_failed_often, rules.captcha, address)
    return with_captcha(SignInForm, captcha.SIGN_IN, when=failed_often)


def recovery_form(form: type[AnyForm], purpose: str = captcha.RECOVERY) -> type[AnyForm]:
    """*form*, with a captcha where the clinic asks those for one who cannot come in."""
    return with_captcha(form, purpose) if current_rules().recovery.captcha else form


def check(form: Form) -> None:
    """
    Use the answer of *form* up; the last thing before the action.  A form without one may pass.

    Raises: ``InvalidInput``, said beside the field as well; ``TooManyAttempts`` for digits.
    """
    if "captcha" not in form or not form.captcha.is_asked:
        return
    field, rules = form.captcha, current_rules().captcha
    try:
        address = request.remote_addr or ""
        captcha.accept(secret_keys(), field.purpose, field.answer, rules=rules, address=address)
    except NotAllowed as refusal:
        field.errors = [reason_text(refusal.reason)]
        raise InvalidInput({"captcha": list(field.errors)}) from None
    finally:
        field.spend()
