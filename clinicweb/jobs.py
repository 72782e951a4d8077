"""All that the portal does by itself: the jobs of its slices, for ``serve`` and ``worker``."""

import logging
import threading
from collections.abc import Callable

from flask import Flask

from clinicweb import worker
from clinicweb.accounts import (
    captcha,
    factor_actions,
    own_data_actions,
    own_factor_actions,
    reactivation_actions,
    recovery_actions,
    registration_actions,
)
from clinicweb.audit.sealing_actions import find_head, seal
from clinicweb.booking.change_actions import tell_changes
from clinicweb.booking.offering import offer_freed
from clinicweb.booking.publish_actions import publish_hours
from clinicweb.chat import upload_actions
from clinicweb.chat.unread_actions import push_unread, tell_unread
from clinicweb.clinic.installed import current_rules, current_settings
from clinicweb.clinic.rules import ClinicRules
from clinicweb.core.viewer import SYSTEM
from clinicweb.demo.mailbox import MailboxDelivery, MailboxTexts
from clinicweb.documents import pdf
from clinicweb.documents.seal_actions import seal_issued
from clinicweb.notifications.queries import sends_texts
from clinicweb.reminders.actions import remind
from clinicweb.video import actions as calls
from clinicweb.video.called_actions import tell_called
from clinicweb.video.check_actions import purge_checks

_HOUR_SECONDS = 3600.0
_REMIND_SECONDS = 30.0
_OFFER_SECONDS = 2.0
_UNREAD_SECONDS = 10.0
_CALLS_SECONDS = 1.0
_PUSH_SECONDS = 3.0
_SEAL_SECONDS = 5.0
_DAY_SECONDS = 86_400.0

log = logging.getLogger(__name__)


def _answer(rules: ClinicRules) -> None:
    """Those who asked to come in, or back in."""
    # Who asks for the activation once more waits for the second of both.
    recovery_actions.answer_requests(rules)
    reactivation_actions.answer_requests(rules)
    registration_actions.answer_requests(rules)


def _forget(rules: ClinicRules) -> None:
    """What nobody came back for."""
    registration_actions.purge(rules)
    recovery_actions.purge_links()
    reactivation_actions.purge(rules)
    captcha.purge()
    factor_actions.purge()
    own_data_actions.purge()
    own_factor_actions.purge()
    purge_checks()


def _tell_head() -> None:
    """To the log, which is kept elsewhere: it shows if the end of the journal was cut off."""
    seal()
    log.info("journal chained up to %s", find_head())


def _publish(rules: ClinicRules, is_stopping: Callable[[], bool]) -> None:
    """The hours of the agendas; and whoever has one that they give no more is told."""
    publish_hours(SYSTEM, horizon_days=rules.booking.horizon_days)
    tell_changes(rules, sends_texts=sends_texts(), is_stopping=is_stopping)


def work(app: Flask, stop: threading.Event, address: str) -> None:
    """Mail, publishing and housekeeping for *app*, until *stop* is set."""
    settings, rules = current_settings(app), current_rules(app)
    folder = settings.data_dir / "mailbox"
    is_demo = "demo" in app.blueprints
    courier = worker.courier_for(
        settings,
        rules.identity.name,
        address,
        also=[MailboxDelivery(folder)] if is_demo else [],
        also_texts=[MailboxTexts(folder)] if is_demo else [],
        pushes=rules.chat.pushes,
    )
    own = _jobs_of_slices(rules, settings.base_url or address)
    worker.run(app, stop, [*worker.usual_jobs(courier), *own])


def _jobs_of_slices(rules: ClinicRules, address: str) -> list[worker.Job]:
    return [
        worker.Job("help", worker.TICK_SECONDS, lambda _: _answer(rules)),
        worker.Job("reminders", _REMIND_SECONDS, lambda is_stopping: remind(rules, is_stopping)),
        worker.Job("offers", _OFFER_SECONDS, lambda is_stopping: offer_freed(rules, is_stopping)),
        worker.Job("unread", _UNREAD_SECONDS, lambda is_stopping: tell_unread(rules, is_stopping)),
        worker.Job("calls", _CALLS_SECONDS, lambda _: calls.end_overdue(), lane="calls"),
        worker.Job("called", _CALLS_SECONDS, lambda stops: tell_called(rules, stops), lane="calls"),
        worker.Job("push unread", _PUSH_SECONDS, lambda stops: push_unread(rules, stops)),
        worker.Job("journal", _SEAL_SECONDS, seal, lane="journal"),
        worker.Job("journal head", _DAY_SECONDS, lambda _: _tell_head(), lane="journal"),
        worker.Job("publish", _HOUR_SECONDS, lambda is_stopping: _publish(rules, is_stopping)),
        worker.Job("files", _HOUR_SECONDS, lambda _: upload_actions.tidy()),
        worker.Job("papers", _HOUR_SECONDS, lambda _: pdf.press().tidy()),
        worker.Job(
            "seals", _SEAL_SECONDS, lambda stops: seal_issued(rules, address, stops), lane="seals"
        ),
        worker.Job("links", _HOUR_SECONDS, lambda _: _forget(rules)),
    ]
