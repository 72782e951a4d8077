"""The rules of the clinic that this process serves."""

from flask import Flask, current_app

from clinicweb.clinic.rules import ClinicRules

_EXTENSION = "clinicweb.rules"


def init_app(app: Flask, rules: ClinicRules) -> None:
    app.extensions[_EXTENSION] = rules


def current_rules(app: Flask | None = None) -> ClinicRules:
    """Of *app*, or of the one that serves this request."""
    rules: ClinicRules = (app or current_app).extensions[_EXTENSION]
    return rules
