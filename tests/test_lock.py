"""The pinned requirements are whole for every supported Python, and name no address."""

import re
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKS = ["requirements.txt", "requirements-dev.txt", "requirements-build.txt"]
PYTHONS = ["3.11.0", "3.11.9", "3.12.0", "3.13.0"]
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    return {canonicalize_name(name): version for name, version in PIN.findall(text(lock))}


def text(lock: str) -> str:
    return (ROOT / lock).read_text()


def environment(python: str) -> dict[str, str]:
    short = python.rpartition(".")[0]
    known = {key: str(value) for key, value in default_environment().items()}
    return known | {"python_version": short, "python_full_version": python, "extra": ""}


def missing(needs: list[str] | None, pinned: dict[str, str], python: str) -> list[str]:
    """What of *needs* the lock lacks; extras are followed by the packages that ask for them."""
    found = map(Requirement, needs or [])
    wanted = [one for one in found if not one.marker or one.marker.evaluate(environment(python))]
    return [str(one) for one in wanted if canonicalize_name(one.name) not in pinned]


@pytest.mark.parametrize("python", PYTHONS)
def test_nothing_is_missing_from_the_lock_under_any_supported_python(python: str):
    pinned = pins("requirements-dev.txt")
    looked_at, lacking = 0, []

    for name in pinned:
        try:
            needs = requires(name)
        except PackageNotFoundError:
            continue
        looked_at += 1
        lacking += [f"{name} needs {one}" for one in missing(needs, pinned, python)]

    assert looked_at > 50
    assert lacking == []


def test_what_only_an_old_python_needs_would_be_missed():
    needs = ["async-timeout>=4; python_full_version < '3.11.3'"]

    assert missing(needs, {}, "3.11.0") == needs_text(needs)
    assert missing(needs, {}, "3.11.9") == []


def needs_text(needs: list[str]) -> list[str]:
    return [str(Requirement(need)) for need in needs]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address_and_no_folder(lock: str):
    assert re.findall(r"\S*://\S*|--index|--find-links|^-|\s/\S+", text(lock)) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_has_hashes(lock: str):
    blocks = re.split(r"\n(?=\S)", text(lock))
    pinned = [block for block in blocks if PIN.match(block)]

    assert pinned
    assert [block.split()[0] for block in pinned if "--hash=sha256:" not in block] == []


def test_the_server_and_its_tests_run_the_same_versions():
    run, dev = pins("requirements.txt"), pins("requirements-dev.txt")

    assert run
    assert run.items() <= dev.items()
