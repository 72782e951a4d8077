"""What ``accounts/_new_password.html`` shows besides its form."""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from clinicweb.accounts.password_rules import password_rules, rule_text
from clinicweb.accounts.policy import PasswordRules, asked_of_passwords, password_problems
from clinicweb.clinic.installed import current_rules


def new_password_context() -> Mapping[str, Any]:
    rules = password_rules(current_rules().passwords)
    return {"rules": ticked(rules, ""), "review_url": url_for("recovery.review")}


def ticked(rules: PasswordRules, typed: str) -> tuple[tuple[str, bool], ...]:
    """Each rule in words, and whether what was typed meets it."""
    lacking = password_problems(rules, typed)
    return tuple(
        (rule_text(rules, code), bool(typed) and code not in lacking)
        for code in asked_of_passwords(rules)
    )
