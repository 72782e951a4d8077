"""What a browser says of itself when it is allowed to show word of messages."""

from wtforms import HiddenField
from wtforms.validators import Length

from clinicweb.core.forms import Form


class PushForm(Form):
    """Filled in by the page's script."""

    endpoint = HiddenField(validators=[Length(min=1, max=1000)])
    p256dh = HiddenField(validators=[Length(min=80, max=100)])
    auth = HiddenField(validators=[Length(min=20, max=40)])
