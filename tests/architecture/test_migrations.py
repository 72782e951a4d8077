"""Migrations make exactly the models' tables, in one line, up and down."""

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Index, Integer, MetaData, String

from clinicweb.core.migrate import alembic_config, downgrade, is_current, upgrade
from clinicweb.models import metadata
from tests.architecture.schema import described, differences


@pytest.fixture(params=["sqlite", "postgres"])
def blank_url(request):
    return request.getfixturevalue(f"blank_{request.param}_url")


def scripts():
    return ScriptDirectory.from_config(alembic_config("sqlite://"))


def copied_metadata():
    copy = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        table.to_metadata(copy)
    return copy


def test_there_is_one_head():
    assert len(scripts().get_heads()) == 1


def test_the_migrations_make_the_tables_of_the_models(database_url):
    assert is_current(database_url)
    assert differences(database_url, metadata) == []


def test_a_database_goes_down_to_nothing_and_up_again(blank_url):
    untouched = described(blank_url)
    upgrade(blank_url)
    made = described(blank_url)

    downgrade(blank_url, "base")
    left = [line for line in described(blank_url) if "alembic_version" not in line]
    upgrade(blank_url)

    assert left == untouched
    assert len(made) > len(metadata.tables)
    assert described(blank_url) == made


def test_each_migration_goes_down_to_the_one_before(blank_sqlite_url):
    steps = [script.revision for script in reversed(list(scripts().walk_revisions()))]
    seen = {}
    for revision in steps:
        upgrade(blank_sqlite_url, revision)
        seen[revision] = described(blank_sqlite_url)

    for revision in reversed(steps[:-1]):
        downgrade(blank_sqlite_url, revision)
        assert described(blank_sqlite_url) == seen[revision]


@pytest.mark.parametrize("change", ["column", "nullable", "index", "table"])
def test_a_model_without_its_migration_is_found(database_url, change):
    copy = copied_metadata()
    account = copy.tables["account"]
    if change == "column":
        account.append_column(Column("forgotten", Integer))
    elif change == "nullable":
        account.c.name.nullable = True
    elif change == "index":
        Index("ix_forgotten", account.c.name)
    else:
        copy.remove(copy.tables["audit_event"])

    assert differences(database_url, copy)


def test_a_changed_length_is_found(postgres_url):
    copy = copied_metadata()
    copy.tables["account"].c.name.type = String(7)

    assert differences(postgres_url, copy)


def test_two_heads_are_found(tmp_path):
    (tmp_path / "versions").mkdir()
    for revision in ("a", "b"):
        (tmp_path / "versions" / f"{revision}.py").write_text(
            f"revision = '{revision}'\ndown_revision = None\n"
        )

    assert len(ScriptDirectory(str(tmp_path)).get_heads()) == 2
