"""The import contracts of pyproject.toml hold, and break when somebody crosses them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture import foreign
from tests.architecture.rules.slices import check_foreign_imports
from tests.architecture.tree import ROOT, python_files

LINT = (
    "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
)


def run_lint(folder: Path):
    return subprocess.run(
        [sys.executable, "-c", LINT], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copied_tree(tmp_path):
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    ignored = shutil.ignore_patterns("static", "templates", "translations", "__pycache__")
    shutil.copytree(ROOT / "clinicweb", tmp_path / "clinicweb", ignore=ignored)
    return tmp_path


def test_the_contracts_hold():
    result = run_lint(ROOT)

    assert result.returncode == 0, result.stdout + result.stderr


LAYERS = "Imports go downwards only"
PURE = "Policies are pure"
NO_HTTP = "The core knows no HTTP"
LEAVES = "Only the wiring imports views"


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("core/ids.py", "import clinicweb.web.guards", LAYERS),
        ("core/clock.py", "def f(): from clinicweb.booking import models", LAYERS),
        ("web/guards.py", "from clinicweb.clinic import rules", LAYERS),
        ("audit/models.py", "import clinicweb.accounts.models", LAYERS),
        ("notifications/models.py", "import clinicweb.booking.models", LAYERS),
        ("booking/policy.py", "import sqlalchemy", PURE),
        ("booking/policy.py", "from clinicweb.core import clock", PURE),
        ("core/ids.py", "import werkzeug.http", NO_HTTP),
        ("booking/forms.py", "from clinicweb.accounts import views", LEAVES),
    ],
)
def test_a_forbidden_import_breaks_its_contract(copied_tree, file, line, contract):
    with (copied_tree / "clinicweb" / file).open("a") as source:
        source.write(f"\n{line}\n")

    result = run_lint(copied_tree)

    broken = [line for line in result.stdout.splitlines() if " BROKEN" in line]
    assert any(line.startswith(contract) for line in broken), result.stdout


def test_slices_see_only_the_public_files_of_each_other():
    files = dict(python_files("clinicweb"))
    allowed = foreign.IMPORTS

    assert [
        c for name, text in files.items() for c in check_foreign_imports(name, text, allowed)
    ] == []


@pytest.mark.parametrize(
    "line",
    [
        "from clinicweb.accounts import views",
        "from clinicweb.accounts.forms import SignInForm",
        "import clinicweb.clinic.models",
        "def f():\n    from clinicweb.audit import models",
    ],
)
def test_a_look_into_another_slice_is_rejected(line):
    assert list(check_foreign_imports("clinicweb/booking/actions.py", line, {}))


@pytest.mark.parametrize(
    "line",
    [
        "from clinicweb.accounts import queries",
        "from clinicweb.audit.actions import record",
        "from clinicweb.booking.models import Slot",
        "from clinicweb.core import clock",
    ],
)
def test_the_public_files_may_be_seen(line):
    assert not list(check_foreign_imports("clinicweb/booking/actions.py", line, {}))
