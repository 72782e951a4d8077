"""A clinic in which patients may begin a conversation, as its file says it."""

from pathlib import Path

from clinicweb.clinic import rules

PRESET = Path(rules.__file__).parent / "presets" / "teleconsulta.toml"


def clinic_file(folder: Path) -> str:
    path = folder / "clinic.toml"
    more = '[chat]\nis_on = true\nopens = "always"\n'
    path.write_text(f"{PRESET.read_text('utf-8')}\n{more}", "utf-8")
    return str(path)
