"""Ana's family with something on paper for each of them, where one account acts for all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from clinicweb.core import db
from clinicweb.documents import pdf
from tests.documents.world import Quick, fill_papers
from tests.family.world import fill_family
from tests.pages import make_app


@pytest.fixture
def app(clinic_url: str, tmp_path: Path) -> Iterator[Flask]:
    database = db.Database(clinic_url)
    with database.writing() as session:
        fill_family(session)
        fill_papers(session)
    database.dispose()
    made = make_app(clinic_url, tmp_path, clinic="afiliados")
    # What the engines make is looked at elsewhere.
    pdf.use(pdf.Press(tmp_path / "papers", Quick()))
    yield made
    db.current().dispose()
