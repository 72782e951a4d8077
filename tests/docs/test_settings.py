"""The table of settings in the README is the one of the code."""

from pathlib import Path

from clinicweb.config import PREFIX, Settings, load_settings
from tests.docs.tables import document, table

ROWS = table(document("README.md"), "## Settings")


def shown(default: object) -> str:
    """A default as a person would set it; – where there is nothing to set."""
    if default in {"", ()}:
        return "–"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default.as_posix() if isinstance(default, Path) else default}`"


def test_the_readme_lists_every_setting_with_its_default():
    fields = Settings.model_fields
    in_code = [(f"`{PREFIX}{name.upper()}`", shown(fields[name].default)) for name in fields]

    assert [(name, default) for name, default, _meaning in ROWS] == in_code


def test_the_defaults_shown_can_be_set_as_they_stand():
    environ = {name.strip("`"): default.strip("`") for name, default, _ in ROWS if default != "–"}

    assert len(environ) > 5
    assert load_settings(environ) == load_settings({})


def test_the_first_file_of_settings_is_accepted():
    block = document("README.md").split("A `clinicweb.env` to begin with:")[1].split("```")[1]
    lines = [line for line in block.splitlines() if "=" in line]
    pairs = (line.split("=", 1) for line in lines)

    settings = load_settings({name: value.strip('"') for name, value in pairs})

    assert settings.is_https
    assert settings.trusted_proxies == 1
    assert settings.mail_sender.startswith("Clínica")
