"""Each slice has the same files, and each file keeps to its job."""

import pytest

from tests.architecture import exceptions
from tests.architecture.rules import slices
from tests.architecture.tree import PACKAGE, broken_example, python_files

FILES = dict(python_files("clinicweb"))


def slice_files():
    for name in FILES:
        _, *folders, file = name.removesuffix(".py").split("/")
        if len(folders) == 1 and folders[0] not in slices.NOT_SLICES | slices.TOOLS:
            yield folders[0], file


def complaints(rule, job, *exempt):
    """What *rule* says of every file of the package whose job is *job*."""
    found = [rule(name, text, *exempt) for name, text in FILES.items() if name.endswith(job)]
    assert found, f"no {job} was read"
    return [complaint for one in found for complaint in one]


def test_a_slice_has_only_files_whose_job_is_known():
    found = list(slice_files())

    assert found
    assert [c for where in found for c in slices.check_file_name(*where, exceptions.FILES)] == []


def test_declared_extra_files_exist():
    missing = [
        extra
        for extra in exceptions.FILES
        if not PACKAGE.joinpath(*extra).with_suffix(".py").exists()
    ]

    assert missing == []


def test_policies_are_pure():
    assert complaints(slices.check_policy, "/policy.py") == []


def test_each_public_query_is_asked_by_a_viewer():
    assert complaints(slices.check_viewer_first, "/queries.py", exceptions.QUERIES) == []


def test_each_action_opens_one_transaction():
    rule = slices.check_actions_open_a_transaction

    assert complaints(rule, "/actions.py", exceptions.ACTIONS) == []


def test_writes_without_audit_are_declared():
    assert complaints(slices.check_bookkeeping, ".py", exceptions.BOOKKEEPING) == []


def test_no_exception_outlives_its_function():
    declared = exceptions.QUERIES | exceptions.ACTIONS | exceptions.BOOKKEEPING

    assert list(slices.check_stale(FILES, declared)) == []
    assert list(slices.check_stale(FILES, {("clinicweb/core/db.py", "gone"): "why"}))


def test_an_unknown_file_in_a_slice_is_rejected():
    assert list(slices.check_file_name("booking", "utils", {}))
    assert not list(slices.check_file_name("booking", "utils", {("booking", "utils"): "why"}))


def test_each_impurity_of_the_broken_policy_is_rejected():
    found = list(slices.check_policy("policy.py", broken_example("python/policy.py.txt")))

    for words in ("flask", "sqlalchemy", "accounts.queries", "open()", "now()", "plain functions"):
        assert any(words in complaint for complaint in found), words


@pytest.mark.parametrize(
    ("rule", "example", "functions"),
    [
        (slices.check_viewer_first, "queries", ["list_appointments", "list_everything"]),
        (
            slices.check_actions_open_a_transaction,
            "actions",
            ["release", "book", "touch", "note", "forget"],
        ),
        (slices.check_bookkeeping, "actions", ["touch", "note", "forget"]),
    ],
)
def test_the_broken_slice_is_rejected(rule, example, functions):
    name, text = f"{example}.py", broken_example(f"python/{example}.py.txt")

    found = list(rule(name, text, {}))

    assert len(found) == len(functions)
    for complaint, function in zip(found, functions, strict=True):
        assert function in complaint
    assert list(rule(name, text, {(name, function): "why" for function in functions})) == []
