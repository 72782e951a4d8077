"""
``clinicweb doctor``: does this installation have what it needs?  Looks, and changes nothing.

Each check says what is so in one line; what fails says what to do.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from clinicweb.clinic.rules import ClinicRules
from clinicweb.config import PREFIX, Settings
from clinicweb.core import clock, migrate
from clinicweb.core.ids import new_public_id
from clinicweb.core.turn import FORBIDDEN, REFUSED, TurnClient
from clinicweb.notifications.delivery import SmtpDelivery, Unreachable
from clinicweb.video.relays import relay_for

FINE, NOTED, WRONG = "bien", "aviso", "MAL"
# Of each kind that a relay must never reach: this machine, its networks, a cloud's keys.
PRIVATE_PEERS = ("127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254")
_SECONDS = 5.0
_MOST_APART = timedelta(seconds=5)
_LEAST_BYTES = 500_000_000
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Finding:
    state: str
    about: str
    told: str


def examine(settings: Settings, rules: ClinicRules) -> Iterator[Finding]:
    """All checks, each as soon as it is done."""
    yield Finding(FINE, "configuración", f"{rules.identity.name} ({settings.clinic})")
    yield _address(settings)
    yield from _database(settings)
    yield _folder(settings)
    yield _zones()
    yield _mail(settings)
    if settings.redis_url:
        yield _redis(settings)
    yield from _relays(settings)


def _address(settings: Settings) -> Finding:
    about = f"{PREFIX}BASE_URL"
    if not settings.base_url:
        return Finding(NOTED, about, "sin definir: los enlaces de los correos no llevarán aquí")
    if not settings.is_https:
        return Finding(NOTED, about, "sin https: los navegadores no dan cámara ni micrófono")
    return Finding(FINE, about, settings.base_url)


def _database(settings: Settings) -> Iterator[Finding]:
    about, url = "base de datos", settings.database
    path = make_url(url).database or ""
    if url.startswith("sqlite") and not Path(path).exists():
        yield Finding(NOTED, about, f"{path} no existe; se crea al empezar")
        return
    try:
        is_current = migrate.is_current(url)
        apart = _clocks_apart(url)
    except SQLAlchemyError as error:
        yield Finding(WRONG, about, f"no responde: {_first_line(error)}")
        return
    if is_current:
        yield Finding(FINE, about, "responde, y está al día")
    else:
        yield Finding(WRONG, about, "no está al día: clinicweb db upgrade")
    if apart > _MOST_APART:
        yield Finding(WRONG, "reloj", f"{apart.seconds} s de diferencia con el de la base de datos")


def _clocks_apart(url: str) -> timedelta:
    """SQLite has no clock of its own."""
    if url.startswith("sqlite"):
        return timedelta()
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            theirs: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    finally:
        engine.dispose()
    return abs(clock.now() - theirs)


def _folder(settings: Settings) -> Finding:
    folder = settings.data_dir
    if not folder.is_dir():
        return Finding(NOTED, f"{PREFIX}DATA_DIR", f"{folder} no existe; se crea al empezar")
    free = shutil.disk_usage(folder).free
    told = f"{folder}: quedan {free // 1_000_000} MB"
    return Finding(FINE if free > _LEAST_BYTES else WRONG, f"{PREFIX}DATA_DIR", told)


def _zones() -> Finding:
    """Paraguay keeps one time all year since October 2024: old zone data do not know it."""
    day = datetime(2027, 7, 1, tzinfo=ZoneInfo("America/Asuncion"))
    if day.utcoffset() == timedelta(hours=-3):
        return Finding(FINE, "zonas horarias", "al día")
    return Finding(WRONG, "zonas horarias", "antiguas: actualice el paquete tzdata")


def _mail(settings: Settings) -> Finding:
    about = "correo"
    if not settings.mail_server:
        return Finding(NOTED, about, f"{PREFIX}MAIL_SERVER sin definir: los correos esperan")
    delivery = SmtpDelivery(
        host=settings.mail_server,
        port=settings.mail_port,
        username=settings.mail_username,
        password=settings.mail_password,
        use_tls=settings.mail_use_tls,
        timeout_seconds=_SECONDS,
    )
    try:
        delivery.try_out()
    except Unreachable as problem:
        return Finding(WRONG, about, f"{settings.mail_server} no responde: {problem}")
    return Finding(FINE, about, f"{settings.mail_server} responde")


def _redis(settings: Settings) -> Finding:
    try:
        with Redis.from_url(settings.redis_url, socket_timeout=_SECONDS) as client:
            client.ping()
    except (RedisError, OSError) as error:
        return Finding(WRONG, "Redis", f"no responde: {_first_line(error)}")
    return Finding(FINE, "Redis", "responde")


def _relays(settings: Settings) -> Iterator[Finding]:
    if not settings.turn_url:
        yield Finding(
            NOTED, "servidor de paso", f"{PREFIX}TURN_URL sin definir: muchas redes no conectarán"
        )
    for url in settings.turn_url:
        yield _guarded(url, lambda url=url: _relay(settings, url))  # type: ignore[misc]


def _guarded(url: str, ask: Callable[[], str]) -> Finding:
    """*ask* says what is wrong, or nothing."""
    try:
        problem = ask()
    except OSError as error:
        problem = f"no responde: {_first_line(error) or type(error).__name__}"
    if problem:
        return Finding(WRONG, url, problem)
    return Finding(FINE, url, "da paso con nuestra clave, y a ninguna dirección privada")


def _relay(settings: Settings, url: str) -> str:
    """A real allocation, as a call has one; what must be refused is tried as well."""
    stranger = settings.model_copy(update={"turn_secret": new_public_id() * 2})
    if _try(stranger, url, _MINUTE)[0] != REFUSED:
        return "da paso a cualquiera: falta use-auth-secret"
    error, reached = _try(settings, url, _MINUTE)
    if error == REFUSED:
        far, _ = _try(settings, url, timedelta(days=365))
        if far == 0:
            return "su reloj no es el nuestro: ajuste ambos"
        return f"no acepta nuestra clave: {PREFIX}TURN_SECRET y static-auth-secret no son la misma"
    if error:
        return f"no da paso (error {error})"
    return f"da paso a direcciones privadas: {', '.join(reached)}" if reached else ""


def _try(settings: Settings, url: str, lasts: timedelta) -> tuple[int, list[str]]:
    """The answer to an allocation; which private peers it would reach.  Raises ``OSError``."""
    made = relay_for(settings, new_public_id(), until=clock.now() + lasts)
    if made is None:  # pragma: no cover - there is an address, so there is a secret
        return REFUSED, []
    client = TurnClient(url, made.username, made.credential)
    try:
        error = client.allocate()
        peers = PRIVATE_PEERS if error == 0 else ()
        return error, [peer for peer in peers if client.permit(peer) != FORBIDDEN]
    finally:
        client.close()


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
