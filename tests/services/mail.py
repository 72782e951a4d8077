"""An SMTP server of the tests' own, with a memory."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller

from tests.services.process import free_port

ACCEPTED = "250 OK"
# Seconds until what never comes is given up: long, for it measures nothing.
PATIENCE = 60.0


@dataclass(frozen=True)
class Delivery:
    """One mail as it came over the wire. A refused one has its answer, and no more."""

    sender: str
    recipients: list[str]
    message: EmailMessage
    answer: str


class MailServer:
    """
    Takes mail on 127.0.0.1:``port``; stops and starts again on the same port.

    ``answer`` is what each mail is told: set it to "451 later" or "550 no such box" to refuse.
    """

    def __init__(self) -> None:
        self.host = "127.0.0.1"
        self.port = free_port()
        self.answer = ACCEPTED
        self.attempts: list[Delivery] = []
        self._arrived = threading.Condition()
        self._controller: Controller | None = None

    @property
    def deliveries(self) -> list[Delivery]:
        return [delivery for delivery in list(self.attempts) if delivery.answer.startswith("2")]

    @property
    def messages(self) -> list[EmailMessage]:
        """All that was accepted, oldest first."""
        return [delivery.message for delivery in self.deliveries]

    def to(self, address: str) -> list[EmailMessage]:
        return [sent.message for sent in self.deliveries if address in sent.recipients]

    def start(self) -> None:
        self._controller = Controller(self, hostname=self.host, port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller:
            self._controller.stop()
            self._controller = None

    def wait_for(self, count: int, *, seconds: float = PATIENCE) -> list[EmailMessage]:
        """Returns when *count* mails are here in all; fails when they don't come in time."""
        self._wait(lambda: len(self.deliveries) >= count, seconds)
        assert len(self.deliveries) >= count, f"{len(self.deliveries)} of {count} mails came"
        return self.messages

    def wait_for_one_to(self, address: str, *, seconds: float = PATIENCE) -> EmailMessage:
        """The newest of those to *address*, whatever came to others meanwhile."""
        self._wait(lambda: bool(self.to(address)), seconds)
        assert self.to(address), f"no mail came to {address}"
        return self.to(address)[-1]

    def wait_for_attempts(self, count: int, *, seconds: float = PATIENCE) -> list[Delivery]:
        """Like wait_for, but refused mails count too."""
        self._wait(lambda: len(self.attempts) >= count, seconds)
        assert len(self.attempts) >= count, f"{len(self.attempts)} of {count} attempts came"
        return self.attempts

    def _wait(self, is_enough: Callable[[], bool], seconds: float) -> None:
        with self._arrived:
            self._arrived.wait_for(is_enough, seconds)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002, N802
        message = cast("EmailMessage", message_from_bytes(envelope.content, policy=policy.default))
        answer = self.answer
        with self._arrived:
            self.attempts.append(
                Delivery(envelope.mail_from, list(envelope.rcpt_tos), message, answer)
            )
            self._arrived.notify_all()
        return answer
