"""The demo clinic, written once for each of a few different days."""

from datetime import date

import pytest

from clinicweb.clinic.rules import load_rules
from clinicweb.demo.clinic_data import write_clinic
from tests.demo.reading import TODAYS, Tables, read_rows


@pytest.fixture(scope="module", params=TODAYS, ids=str)
def today(request: pytest.FixtureRequest) -> date:
    return request.param


@pytest.fixture(scope="module")
def tables(today: date, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    paths = write_clinic(tmp_path_factory.mktemp("clinic"), load_rules("teleconsulta"), today=today)
    return {path.stem: read_rows(path) for path in paths}
