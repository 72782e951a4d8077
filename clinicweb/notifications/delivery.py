"""Handing a finished message over: mails to a mail server, or to what stands in its place."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from typing import Any, Generic, Protocol, TypeVar

TIMEOUT_SECONDS = 20
IMPLICIT_TLS_PORT = 465
_PERMANENT = 500


class DeliveryProblem(Exception):
    """It was not taken.  Its text may name the person: for the database, not for logs."""


class Refused(DeliveryProblem):
    """This message will never be taken."""


class Delayed(DeliveryProblem):
    """This message was not taken now; later it may be."""

    def __init__(self, *told: Any, retry_after: timedelta | None = None) -> None:
        super().__init__(*told)
        self.retry_after = retry_after


class Unanswered(Delayed):
    """Nobody knows whether this message was taken; the others wait."""


class Unreachable(DeliveryProblem):
    """No message can be handed over now, whosever it is."""


Message = TypeVar("Message")
_Taken_contra = TypeVar("_Taken_contra", contravariant=True)


class Taker(Protocol[_Taken_contra]):
    """Whoever takes messages of one kind."""

    def deliver(self, message: _Taken_contra, /) -> None:
        """Take *message*, or raise one of the ``DeliveryProblem``s."""


Delivery = Taker[EmailMessage]


@dataclass(frozen=True, slots=True)
class SeveralDeliveries(Generic[Message]):
    """
    Each message to all of them, in order.

    The one that may fail stands first: those before it would get the message again.
    """

    deliveries: tuple[Taker[Message], ...]

    def deliver(self, message: Message) -> None:
        for delivery in self.deliveries:
            delivery.deliver(message)


@dataclass(frozen=True, slots=True)
class SmtpDelivery:
    """
    One connection for each mail, encrypted and the server's certificate checked.

    Args:
        use_tls: STARTTLS, or TLS from the first byte on port 465; a server that does not offer
            it gets no mail.
        tls: which certificates are trusted; those of the machine by default.
    """

    host: str
    port: int
    username: str = ""
    password: str = field(default="", repr=False)
    use_tls: bool = True
    timeout_seconds: float = TIMEOUT_SECONDS
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def __post_init__(self) -> None:
        if self.username and not self.use_tls:
            raise ValueError("a mail password travels only over TLS: mail_use_tls must be on")

    def deliver(self, message: EmailMessage) -> None:
        with self._connected() as connection:
            _hand_over(connection, message)

    def try_out(self) -> None:
        """Comes in and leaves, sending nothing.  Raises: ``Unreachable``."""
        with self._connected():
            pass

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        try:
            connection = self._connect()
        except OSError as problem:  # also of smtplib, of TLS, and time-outs
            raise Unreachable(_described(problem)) from problem
        try:
            yield connection
        finally:
            # The mail is taken or not by now; how the server says goodbye changes nothing.
            with suppress(OSError):
                connection.quit()
            connection.close()

    def _connect(self) -> smtplib.SMTP:
        is_implicit = self.use_tls and self.port == IMPLICIT_TLS_PORT
        connection = (
            smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout_seconds, context=self.tls)
            if is_implicit
            else smtplib.SMTP(self.host, self.port, timeout=self.timeout_seconds)
        )
        try:
            if self.use_tls and not is_implicit:
                connection.starttls(context=self.tls)
            if self.username:
                connection.login(self.username, self.password)
        except OSError:
            connection.close()
            raise
        return connection


def _hand_over(connection: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as problem:
        code, text = next(iter(problem.recipients.values()))
        raise _answered(code, text) from problem
    except smtplib.SMTPDataError as problem:
        raise _answered(problem.smtp_code, problem.smtp_error) from problem
    except OSError as problem:
        # A server that does not like our own address is set up wrongly, not the mail: it
        # gets time to be set right.
        raise Delayed(_described(problem)) from problem


def _answered(code: int, text: bytes | str) -> DeliveryProblem:
    reply = text.decode(errors="replace") if isinstance(text, bytes) else text
    kind = Refused if code >= _PERMANENT else Delayed
    return kind(f"{code} {reply}")


def _described(problem: OSError) -> str:
    return f"{type(problem).__name__}: {problem}"
