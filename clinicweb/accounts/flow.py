"""Registration as a flow: what is asked first (S1-3), then the rest and the password."""

from collections.abc import Mapping
from typing import Any

from flask import request, url_for

from clinicweb.accounts import captcha_field
from clinicweb.accounts import registration_actions as actions
from clinicweb.accounts.password_rules import password_rules, ticked
from clinicweb.accounts.registration_forms import first_form, registration_form
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core import i18n
from clinicweb.core.errors import InvalidInput
from clinicweb.core.flow import Flow, Step
from clinicweb.core.i18n import _, lazy
from clinicweb.web.visit import Visit

_NOT_TYPED = frozenset({"digest", "password", "again", "terms"})


def registration_flow(rules: ClinicRules) -> Flow:
    """The flow for a clinic with *rules*; its last step opens the account."""
    steps = _RegistrationSteps(rules)
    first = Step(
        "validar", lazy("Validar"), form=steps.first_form,
        template="accounts/register.html", context=steps.first_context,
    )  # fmt: skip
    rest = Step(
        "datos", lazy("Sus datos"), form=steps.form,
        template="accounts/register.html", context=steps.context,
        depends_on=rules.registration.first_fields,
    )  # fmt: skip
    return Flow(
        name=actions.FLOW,
        steps=(first, rest) if rules.registration.first_fields else (rest,),
        finish=steps.finish,
        done_template="accounts/registered.html",
        done_context=steps.done_context,
        done_url=steps.done_url,
        guide="cuenta",
    )


class _RegistrationSteps:
    """What each step asks and shows, under the clinic's rules."""

    def __init__(self, rules: ClinicRules) -> None:
        self.rules = rules

    def first_form(self, visit: Visit) -> Any:
        return first_form(self.rules, visit.answers.get("validar", {}))

    def first_context(self, _visit: Visit, form: Any) -> Mapping[str, Any]:
        return self._shown(form, self.rules.labels.validate_button)

    def form(self, visit: Visit) -> Any:
        return registration_form(self.rules, visit.answers.get("datos", {}))

    def context(self, _visit: Visit, form: Any) -> Mapping[str, Any]:
        return {
            **self._shown(form, self.rules.labels.register_button),
            "rules": ticked(password_rules(self.rules.passwords), ""),
            "review_url": url_for("recovery.review"),
        }

    def _shown(self, form: Any, button: str) -> Mapping[str, Any]:
        """The fields in the clinic's order; the terms come last."""
        asked = (*self.rules.registration.first_fields, *self.rules.registration.fields, "password")
        return {
            "heading": _(self.rules.labels.register_link),
            "fields": [form[name] for name in dict.fromkeys(asked) if name in form],
            "button": _(button),
            "terms_url": url_for("registration.terms"),
        }

    def finish(self, visit: Visit, form: Any) -> None:
        self._check_password(form)
        if visit.result is None:  # a second press of the button asks nothing more
            captcha_field.check(form)
        typed = {**visit.answers.get("validar", {}), **form.answers()}
        command = actions.Register(
            draft_id=visit.draft_id,
            owner=visit.owner,
            typed={name: value for name, value in typed.items() if name not in _NOT_TYPED},
            password=form.password.data if "password" in form else None,
            language=i18n.language(),
            address=request.remote_addr or "",
        )
        actions.register(self.rules, command)

    def _check_password(self, form: Any) -> None:
        if "password" in form and not form.check(password_rules(self.rules.passwords)):
            raise InvalidInput({name: list(form[name].errors) for name in ("password", "again")})

    def done_context(self, _visit: Visit) -> Mapping[str, Any]:
        return {"next_url": url_for("accounts.sign_in")}

    def done_url(self, visit: Visit) -> str | None:
        """To the code's page, where an address must be shown to be one's own."""
        if self.rules.registration.activation == "none":
            return None
        request_id = str((visit.result or {}).get("request"))
        return url_for("registration.activation", request_id=request_id)
