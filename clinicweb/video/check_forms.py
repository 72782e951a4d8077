"""What a page says of a self-test; filled in by its script."""

from typing import Any

from wtforms import HiddenField, IntegerField
from wtforms.validators import AnyOf, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from clinicweb.core.forms import Form
from clinicweb.video.checks import LARGEST_BYTES, STATES, Found, speed_state

_FASTEST_KBPS = 100_000_000


def _state(part: str) -> Any:
    return HiddenField(validators=[Optional(), Length(max=10), AnyOf(STATES[part])])


def _number(most: int) -> Any:
    return IntegerField(validators=[Optional(), NumberRange(0, most)], widget=HiddenInput())


class CheckForm(Form):
    """At least one part was tried."""

    microphone = _state("microphone")
    camera = _state("camera")
    speaker = _state("speaker")
    relay = _state("relay")
    speed = _state("speed")
    relay_ms = _number(60_000)
    down = _number(_FASTEST_KBPS)
    up = _number(_FASTEST_KBPS)

    def found(self) -> Found:
        """The numbers decide about the line, where there are any."""
        down, up = self.down.data or 0, self.up.data or 0
        states = {part: self[part].data or "" for part in STATES}
        if down and up:
            states["speed"] = speed_state(down, up)
        return Found(states, self.relay_ms.data or 0, down, up)

    def validate(self, extra_validators: Any = None) -> bool:
        is_good = super().validate(extra_validators)
        return is_good and any(self[part].data for part in STATES)


class DownForm(Form):
    """How many bytes a measurement asks for."""

    bytes = IntegerField(validators=[Optional(), NumberRange(0, LARGEST_BYTES)])
