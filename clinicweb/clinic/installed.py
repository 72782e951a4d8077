"""What this process serves: the rules of its clinic, and the settings of its installation."""

from flask import Flask, current_app

from clinicweb.clinic.rules import ClinicRules
from clinicweb.config import Settings

_RULES = "clinicweb.rules"
_SETTINGS = "clinicweb.settings"


def init_app(app: Flask, rules: ClinicRules, settings: Settings) -> None:
    app.extensions[_RULES] = rules
    app.extensions[_SETTINGS] = settings


def current_rules(app: Flask | None = None) -> ClinicRules:
    """Of *app*, or of the one that serves this request."""
    rules: ClinicRules = (app or current_app).extensions[_RULES]
    return rules


def current_settings(app: Flask | None = None) -> Settings:
    """Likewise."""
    settings: Settings = (app or current_app).extensions[_SETTINGS]
    return settings


def secret_keys() -> tuple[str, ...]:
    """Those of this installation, the newest last."""
    return current_settings().keys()
