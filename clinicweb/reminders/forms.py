"""The two buttons of a reminder."""

from wtforms import HiddenField
from wtforms.validators import Length

from clinicweb.core.forms import Form


class GiveBackForm(Form):
    """*agreed*: the code of the consequence that was shown before the button."""

    agreed = HiddenField(validators=[Length(max=40)])
