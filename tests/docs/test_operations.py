"""Commands, settings and SQL of the documents are those of the program."""

import re
import sqlite3
from pathlib import Path

import click
import pytest

from clinicweb.cli import cli
from clinicweb.config import PREFIX, Settings
from clinicweb.core.migrate import upgrade
from tests.docs.tables import DOCUMENTS, document

TEXTS = {page.name: page.read_text(encoding="utf-8") for page in DOCUMENTS}
CURRENT = {name: text for name, text in TEXTS.items() if name != "CHANGELOG.md"}
OPERATIONS = document("docs/operations.md")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", OPERATIONS, re.DOTALL)


def commands(text: str) -> set[str]:
    """What follows ``clinicweb`` where a command is shown."""
    return set(
        re.findall(r"(?:^|`|/bin/|\| |&& )clinicweb ([a-z]+(?: [a-z-]+)?)", text, re.MULTILINE)
    )


def is_known(command: str) -> bool:
    found: click.Command | None = cli
    for name in command.split():
        if not isinstance(found, click.Group):
            return True
        found = found.commands.get(name)
    return found is not None


@pytest.mark.parametrize("page", CURRENT)
def test_every_setting_named_exists(page: str):
    named = set(re.findall(rf"{PREFIX}([A-Z_]*[A-Z])", CURRENT[page]))

    assert named <= {name.upper() for name in Settings.model_fields}


def test_every_command_shown_exists():
    shown = set().union(*(commands(text) for text in CURRENT.values()))

    assert {"serve", "db upgrade", "account create"} <= shown
    assert [command for command in shown if not is_known(command)] == []
    assert not is_known("teleport")


def test_nginx_overwrites_each_header_that_a_trusted_proxy_is_believed():
    (server,) = blocks("nginx")

    for header in ("For", "Proto", "Host", "Prefix"):
        assert f"proxy_set_header X-Forwarded-{header} " in server


def test_the_queries_about_mails_run_on_the_present_schema(tmp_path: Path):
    upgrade(f"sqlite:///{tmp_path}/clinic.db")
    statements = [one for block in blocks("sql") for one in block.split(";") if "outbox" in one]

    with sqlite3.connect(tmp_path / "clinic.db") as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()

    assert len(statements) == 3
