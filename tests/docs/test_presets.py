"""docs/presets.md lists every field of a clinic's TOML as the models have it."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from clinicweb.clinic.rules import BadRules, ClinicRules, load_rules, preset_names
from clinicweb.core.documents import DOCUMENT_TYPES
from tests.docs.tables import Rows, document, table

PAGE = document("docs/presets.md")


def sections(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """Every section with its path, a section's own parts right after it."""
    for name, field in model.model_fields.items():
        kind: Any = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield f"{prefix}{name}", kind
            yield from sections(kind, f"{prefix}{name}.")


MODELS = dict(sections(ClinicRules))
SECTIONS = list(MODELS)


def fields_of(section: str) -> Rows:
    """(name, default, allowed) of each field of *section*, as the page must show it."""
    schema = MODELS[section].model_json_schema()
    return [
        (f"`{name}`", default_of(found), allowed_of(found))
        for name, found in schema["properties"].items()
        if f"{section}.{name}" not in MODELS
    ]


def default_of(found: dict[str, Any]) -> str:
    if "default" not in found:
        return "**required**"
    return f"`{json.dumps(found['default'], ensure_ascii=False)}`"


def allowed_of(found: dict[str, Any]) -> str:
    if "enum" in found:
        return ", ".join(f"`{value}`" for value in found["enum"])
    if "pattern" in found:
        return f"`{found['pattern']}`"
    if "maxLength" in found:
        return f"{found['minLength']} to {found['maxLength']} characters"
    if "minimum" in found:
        least, most = found["minimum"], found.get("maximum")
        return f"{least} to {most}" if most else f"from {least}"
    if "items" in found:
        return f"list of {allowed_of(found['items'])}"
    kinds = {"string": "text", "boolean": "`true`, `false`", "object": "tables"}
    return kinds[found.get("type", "object")]


@pytest.mark.parametrize("section", SECTIONS)
def test_every_field_stands_there_with_its_default_and_range(section: str):
    rows = table(PAGE, f"### {section}")

    assert [row[:3] for row in rows] == fields_of(section)
    assert [row[0] for row in rows if not row[3]] == []


def test_no_section_is_forgotten_or_made_up():
    assert re.findall(r"^### (.+)$", PAGE, re.MULTILINE) == SECTIONS


def test_every_preset_is_described():
    rows = table(PAGE, "# A clinic's configuration: clinic.toml")

    assert [row[0].strip("`") for row in rows] == preset_names()


def test_every_kind_of_document_is_named():
    [meaning] = [row[3] for row in table(PAGE, "### sign_in") if row[0] == "`document_types`"]

    assert re.findall(r"`(\w+)`", meaning) == list(DOCUMENT_TYPES)


def test_the_smallest_file_is_a_clinic(tmp_path: Path):
    file = tmp_path / "clinic.toml"
    file.write_text(PAGE.split("```toml")[1].split("```")[0])

    assert load_rules(str(file)).identity.country == "CL"


def test_a_wrong_file_is_refused_in_the_words_shown(tmp_path: Path):
    file = tmp_path / "clinic.toml"
    file.write_text(
        '[identity]\nname = "Uno"\ncountry = "CL"\ntimezone = "Chilex"\n'
        "[booking]\nhold_minute = 3\n"
    )

    with pytest.raises(BadRules) as refused:
        load_rules(str(file))

    assert str(refused.value) in PAGE
