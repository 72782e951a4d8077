"""Forms of «Verificar documento»."""

from typing import Any

from wtforms import FileField
from wtforms.validators import InputRequired, ValidationError

from clinicweb.core.forms import Form, LineField
from clinicweb.core.i18n import lazy

LARGEST_KB = 512
_LONGEST_NAME = 1000


class CodeForm(Form):
    """As on paper: with or without dashes."""

    code = LineField(
        lazy("Código del documento"),
        max_length=40,
        validators=[InputRequired(lazy("Escriba los 12 signos del código."))],
        description=lazy("Los 12 signos que están junto al código QR, por ejemplo ABCD-EFGH-JKLM."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )


class UploadForm(Form):
    """*content* is the file's, once it is known to be no larger than any of ours."""

    file = FileField(
        lazy("Archivo PDF"),
        description=lazy(
            "El archivo tal como lo recibió, sin imprimirlo ni guardarlo con otro programa. "
            "Hasta %(size)s KB.",
            size=LARGEST_KB,
        ),
        render_kw={"accept": "application/pdf"},
    )
    content = b""

    def validate_file(self, field: Any) -> None:
        name = getattr(field.data, "filename", None) or ""
        if not name or len(name) > _LONGEST_NAME:
            raise ValidationError(lazy("Elija un archivo PDF."))
        self.content = field.data.read(LARGEST_KB * 1024 + 1)
        if len(self.content) > LARGEST_KB * 1024:
            message = lazy("El archivo es más grande que cualquier documento de la clínica.")
            raise ValidationError(message)
