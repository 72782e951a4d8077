"""What every form shares: cleaned text in, typed values out, a limit on every field."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from babel.support import NullTranslations, Translations
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.i18n import messages_path
from wtforms.validators import Length

from clinicweb.core import i18n
from clinicweb.core.text import clean_line

_is_unsent: ContextVar[bool] = ContextVar("is_unsent", default=False)


@contextmanager
def unsent() -> Iterator[None]:
    """Forms made in here are new ones: what the request has sent was for another form."""
    token = _is_unsent.set(True)
    try:
        yield
    finally:
        _is_unsent.reset(token)


@cache
def _messages(language: str) -> NullTranslations:
    return Translations.load(messages_path(), [language], domain="wtforms")


class _Messages:
    """WTForms' own texts; Flask-WTF would read their file again for each request."""

    def gettext(self, text: str) -> str:
        return str(_messages(i18n.language()).ugettext(text))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return str(_messages(i18n.language()).ungettext(singular, plural, number))


class Form(FlaskForm):  # type: ignore[misc]
    """Base of all forms; the CSRF token comes with it."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            return None if _is_unsent.get() else super().wrap_formdata(form, formdata)

        def get_translations(self, _form: Any) -> _Messages:
            return _Messages()

    def answers(self) -> dict[str, str | None]:
        """The typed values as text, for a draft; what is empty is None."""
        return {
            name: str(value) if value not in (None, "") else None
            for name, value in self.data.items()
            if name not in self.not_kept()
        }

    def not_kept(self) -> frozenset[str]:
        """Names of fields that never enter a draft."""
        return frozenset({"csrf_token", "captcha"})


class LineField(StringField):  # type: ignore[misc]
    """One line of text, cleaned, of at most *max_length* characters."""

    def __init__(self, label: Any, *, max_length: int, **options: Any) -> None:
        validators = [*options.pop("validators", ()), Length(max=max_length)]
        keywords = {"maxlength": max_length, **options.pop("render_kw", {})}
        filters = [lambda text: clean_line(text) if text else text, *options.pop("filters", ())]
        super().__init__(
            label, validators=validators, render_kw=keywords, filters=filters, **options
        )


class ChoiceField(SelectField):  # type: ignore[misc]
    """One of the given (value, text) pairs; anything else is refused."""
