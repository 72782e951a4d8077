"""A portal with everybody at its door, shared by the tests of one file."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from clinicweb.core import db
from clinicweb.web import guards
from tests.accounts.helped import clinic_file
from tests.architecture.things import anas_things
from tests.architecture.world import World
from tests.pages import make_app


@pytest.fixture(scope="module")
def world(filled_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    url = f"sqlite:///{shutil.copyfile(filled_template, folder / 'world.db')}"
    # All that a clinic may switch on, so that nothing is left unasked.
    clinic = clinic_file(folder, "[recovery]\nreactivation = true\n", "[chat]\nis_on = true\n")
    app = make_app(url, folder, is_demo=True, base_url="http://localhost", clinic=clinic)
    world = World(app, url)
    world.parameters = anas_things(world)
    with pytest.MonkeyPatch.context() as patch:
        # On a slow machine a file takes longer than people stay confirmed.
        patch.setattr(guards, "CONFIRMED_FOR", timedelta(days=1))
        yield world
    db.current().dispose()
