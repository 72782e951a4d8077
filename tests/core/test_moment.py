"""How an instant is told: in the place's own time, on both sides of a clock change."""

from datetime import UTC, datetime, timedelta

import pytest

from clinicweb.core import clock
from clinicweb.core.i18n import moment

SANTIAGO, TIJUANA = "America/Santiago", "America/Tijuana"


@pytest.mark.parametrize(
    ("instant", "zone", "told"),
    [
        # The evening before and the morning after Santiago's clocks go back…
        ((2026, 4, 4, 13), SANTIAGO, "sábado 4 de abril, 10:00, hora de Santiago"),
        ((2026, 4, 5, 14), SANTIAGO, "domingo 5 de abril, 10:00, hora de Santiago"),
        # …the hour that happens twice, and the midnight that does not.
        ((2026, 4, 5, 2, 30), SANTIAGO, "sábado 4 de abril, 23:30, hora de Santiago"),
        ((2026, 4, 5, 3, 30), SANTIAGO, "sábado 4 de abril, 23:30, hora de Santiago"),
        ((2026, 9, 6, 3, 59), SANTIAGO, "sábado 5 de septiembre, 23:59, hora de Santiago"),
        ((2026, 9, 6, 4, 0), SANTIAGO, "domingo 6 de septiembre, 01:00, hora de Santiago"),
        ((2026, 3, 8, 9, 59), TIJUANA, "domingo 8 de marzo, 01:59, hora de Tijuana"),
        ((2026, 3, 8, 10, 0), TIJUANA, "domingo 8 de marzo, 03:00, hora de Tijuana"),
        ((2026, 7, 1, 15), "America/Asuncion", "miércoles 1 de julio, 12:00, hora de Asunción"),
        ((2027, 1, 1, 4, 59), "America/Bogota", "jueves 31 de diciembre, 23:59, hora de Bogotá"),
    ],
)
def test_an_hour_is_told_as_the_clocks_of_its_place_show_it(
    instant: tuple[int, ...], zone: str, told: str
):
    at = datetime(*instant, tzinfo=UTC)  # type: ignore[misc,arg-type]

    with clock.frozen(datetime(2026, 2, 1, tzinfo=UTC)):
        assert moment(at, zone).when_text.startswith(told)


def test_another_year_is_named():
    new_year = datetime(2027, 1, 1, 15, tzinfo=UTC)

    with clock.frozen(new_year - timedelta(days=1)):
        assert moment(new_year, SANTIAGO).day_text == "viernes 1 de enero de 2027"
