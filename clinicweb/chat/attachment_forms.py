"""Forms of files."""

from typing import Any

from wtforms import FileField, HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, ValidationError

from clinicweb.core.forms import Form
from clinicweb.core.i18n import lazy

_LARGEST = 2**31 - 1


class _NameLength(Length):
    """Of a file's name; how large the file may be, its store asks while it is read."""

    def __call__(self, form: Any, field: Any) -> None:  # noqa: ARG002
        if len(getattr(field.data, "filename", None) or "") > self.max:
            raise ValidationError(self.message)


class FileForm(Form):
    """The file itself is read from the request: it may be large."""

    file = FileField(lazy("Foto o PDF"), validators=[_NameLength(max=1000)])
    key = HiddenField(validators=[Length(max=22)])


class BeginForm(Form):
    """What a script says of a file before it sends it."""

    name = StringField(validators=[Length(max=1000)])
    key = StringField(validators=[Length(max=22)])
    size = IntegerField(validators=[InputRequired(), NumberRange(min=0, max=_LARGEST)])
