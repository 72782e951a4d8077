"""What the portal does by itself: sends messages, tidies up.  Runs in a process or a thread."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import urlsplit

from flask import Flask

from clinicweb.config import Settings
from clinicweb.core import drafts, limits
from clinicweb.core.db import bookkeeping
from clinicweb.notifications.delivery import Delivery, SeveralDeliveries, SmtpDelivery, Taker
from clinicweb.notifications.gateway import HttpGateway
from clinicweb.notifications.push_delivery import PushDelivery
from clinicweb.notifications.rendering import Letterhead
from clinicweb.notifications.sender import Courier, send_due
from clinicweb.notifications.sms import TextMessage
from clinicweb.notifications.vapid import key_of

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Job:
    """
    Something done again and again; *run* gets a question that says when to stop early.

    *lane*: jobs of one are done one after another; a slow one keeps no other lane waiting.
    """

    name: str
    every_seconds: float
    run: Callable[[Callable[[], bool]], object]
    lane: str = ""


def courier_for(
    settings: Settings,
    clinic_name: str,
    base_url: str,
    also: Sequence[Delivery] = (),
    also_texts: Sequence[Taker[TextMessage]] = (),
    *,
    pushes: bool = False,
) -> Courier | None:
    """
    Where this installation's messages go; None when there is no such place.

    Args:
        base_url: where the portal is, when the settings don't say.
        also: who else takes each mail, e.g. the mailbox of the demo.
        also_texts: the same for text messages.
        pushes: whether browsers are told as well.
    """
    deliveries: list[Delivery] = [*also]
    if settings.mail_server:
        deliveries.insert(0, _smtp(settings))
    if not deliveries:
        log.warning("CLINICWEB_MAIL_SERVER is not set: mails are kept until it is")
    takers = [*also_texts]
    if settings.sms_gateway_url:
        gateway = HttpGateway(settings.sms_gateway_url, settings.sms_gateway_token)
        takers.insert(0, gateway)
    if not deliveries and not takers and not pushes:
        return None
    letterhead = _letterhead(settings, clinic_name, settings.base_url or base_url)
    return Courier(
        letterhead,
        SeveralDeliveries(tuple(deliveries)) if deliveries else None,
        SeveralDeliveries(tuple(takers)) if takers else None,
        PushDelivery(key_of(settings.vapid_key()), letterhead.sender_address) if pushes else None,
    )


def _smtp(settings: Settings) -> SmtpDelivery:
    return SmtpDelivery(
        host=settings.mail_server,
        port=settings.mail_port,
        username=settings.mail_username,
        password=settings.mail_password,
        use_tls=settings.mail_use_tls,
    )


def _letterhead(settings: Settings, clinic_name: str, base_url: str) -> Letterhead:
    host = urlsplit(base_url).hostname or "localhost"
    name, address = parseaddr(settings.mail_sender)
    return Letterhead(
        sender_name=name or clinic_name,
        sender_address=address or f"no-responder@{host}",
        base_url=base_url.rstrip("/"),
        keys=settings.keys(),
    )


def usual_jobs(courier: Courier | None) -> list[Job]:
    """Messages, of each kind that can go anywhere, and housekeeping."""
    jobs = [Job("purge", MINUTE, lambda _: _purge())]
    ways = (
        {
            "mail": courier.mail_alone(),
            "sms": courier.texts_alone(),
            "push": courier.pushes_alone(),
        }
        if courier
        else {}
    )
    sending = [
        Job(name, TICK_SECONDS, _sending(way), lane=name)
        for name, way in ways.items()
        if way.channels
    ]
    return [*sending, *jobs]


def _sending(courier: Courier) -> Callable[[Callable[[], bool]], object]:
    return lambda is_stopping: send_due(courier, is_stopping=is_stopping)


def _purge() -> None:
    with bookkeeping() as session:
        drafts.purge(session)
        limits.purge(session)


def run(app: Flask, stop: threading.Event, jobs: Sequence[Job]) -> None:
    """Do *jobs*, each at its time, until *stop* is set; what is begun is ended first."""
    lanes = [[job for job in jobs if job.lane == lane] for lane in {job.lane for job in jobs}]
    threads = [
        threading.Thread(target=_run_lane, args=(app, stop, lane), daemon=True) for lane in lanes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _run_lane(app: Flask, stop: threading.Event, jobs: Sequence[Job]) -> None:
    due_at = {job.name: time.monotonic() for job in jobs}
    while not stop.is_set():
        for job in jobs:
            if due_at[job.name] <= time.monotonic() and not stop.is_set():
                _do(app, job, stop)
                due_at[job.name] = time.monotonic() + job.every_seconds
        stop.wait(TICK_SECONDS)


def _do(app: Flask, job: Job, stop: threading.Event) -> None:
    try:
        with app.app_context():
            job.run(stop.is_set)
    except Exception:  # one bad round must not end all others
        log.exception("job %s failed; it is tried again", job.name)
