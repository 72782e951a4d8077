"""
What the catalogue's tests measured, as one table at the end of a run (``make prove``).

A test tells its figures by ``record_property``: counts are added up over its variants, of times
the worst is shown.
"""

from collections import defaultdict
from collections.abc import Iterable

import pytest

# Which entry of the test catalogue a file proves.
CATALOGUE = {
    "tests/architecture/test_access.py": "T01",
    "tests/architecture/test_scopes.py": "T02",
    "tests/architecture/test_forgery.py": "T04",
    "tests/architecture/test_headers.py": "T24",
    "tests/architecture/test_mailing.py": "T13",
    "tests/accounts/test_at_once.py": "T13",
    "tests/accounts/test_alike.py": "T08",
    "tests/accounts/test_factor_alike.py": "T08",
    "tests/accounts/test_alike_timing.py": "T09",
    "tests/accounts/test_reactivation.py": "T10",
    "tests/accounts/test_reactivation_abuse.py": "T12, T13",
    "tests/accounts/test_reactivation_undo.py": "T10",
    "tests/accounts/test_temporary.py": "T10",
    "tests/accounts/test_attempts.py": "T13",
    "tests/accounts/test_brute_force.py": "T13",
    "tests/accounts/test_code_abuse.py": "T10",
    "tests/accounts/test_captcha.py": "T14",
    "tests/accounts/test_captcha_forged.py": "T14",
    "tests/accounts/test_cookie.py": "T10",
    "tests/accounts/test_link_ends.py": "T10",
    "tests/accounts/test_link_purposes.py": "T10",
    "tests/accounts/test_link_secrecy.py": "T10",
    "tests/accounts/test_links.py": "T10",
    "tests/accounts/test_recovery_abuse.py": "T08, T12",
    "tests/accounts/test_session_ends.py": "T11",
    "tests/audit/test_chain.py": "T35",
    "tests/audit/test_many_lines.py": "T35",
    "tests/booking/test_crowd.py": "T15, T16",
    "tests/booking/test_move_crowd.py": "T15",
    "tests/booking/test_races.py": "T15, T16",
    "tests/booking/test_machine.py": "T15",
    "tests/booking/test_killed.py": "T17",
    "tests/chat/test_abuse.py": "T07, T21",
    "tests/chat/test_file_pages.py": "T21",
    "tests/chat/test_faults.py": "T20",
    "tests/chat/test_files.py": "T21",
    "tests/chat/test_hostile_words.py": "T05",
    "tests/chat/test_redis_outage.py": "T26",
    "tests/chat/test_weight.py": "T20",
    "tests/chat/test_writing.py": "T20",
    "tests/core/test_file_kinds.py": "T21",
    "tests/core/test_file_names.py": "T21",
    "tests/core/test_file_store.py": "T21, T28",
    "tests/core/test_pace.py": "T13",
    "tests/video/test_relay.py": "T23",
    "tests/video/test_signals.py": "T23",
    "tests/video/test_hostile_signals.py": "T23",
    "tests/journeys/test_relayed_calls.py": "T23",
    "tests/core/test_clock.py": "T29",
    "tests/core/test_tokens.py": "T10",
    "tests/live/test_abuse.py": "T07",
    "tests/live/test_connection.py": "T07",
    "tests/live/test_goodbye.py": "T07",
    "tests/live/test_wire.py": "T20",
    "tests/live/test_redis_hub.py": "T26",
    "tests/notifications/test_gateway.py": "T27",
    "tests/notifications/test_smtp.py": "T27",
    "tests/web/test_hosts.py": "T12",
}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        if getattr(report, "when", None) == "call"
    ]
    rows = table(reports)
    if rows:
        terminalreporter.section("catalogue")
        for row in rows:
            terminalreporter.write_line(row)


def table(reports: Iterable[pytest.TestReport]) -> list[str]:
    """A line per catalogued test: its entry, how many variants, whether all passed, figures."""
    found: dict[tuple[str, str], list[pytest.TestReport]] = defaultdict(list)
    for report in reports:
        path, _, name = report.nodeid.partition("::")
        if path in CATALOGUE:
            found[CATALOGUE[path], name.partition("[")[0]].append(report)
    return [_row(entry, name, group) for (entry, name), group in sorted(found.items())]


def _row(entry: str, name: str, reports: list[pytest.TestReport]) -> str:
    verdict = "passed" if all(report.passed for report in reports) else "FAILED"
    return f"{entry:9}{verdict:8}{len(reports):>5} × {name}{_figures(reports)}"


def _figures(reports: list[pytest.TestReport]) -> str:
    figures: dict[str, float] = {}
    for report in reports:
        for name, value in report.user_properties:
            if not isinstance(value, int | float):
                continue
            old = figures.get(name, 0)
            figures[name] = max(old, value) if name.endswith("_seconds") else old + value
    return "".join(f"; {name} {value:g}" for name, value in figures.items())
