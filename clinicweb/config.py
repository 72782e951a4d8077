"""Settings of one installation, from the environment: ``CLINICWEB_…``."""

import ipaddress
import os
import re
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from limits import parse_many
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from clinicweb.core.clamav import is_address
from clinicweb.core.kept_keys import DamagedKey, kept_key

PREFIX = "CLINICWEB_"
SHORTEST_KEY_BYTES = 32
_DATABASES = ("sqlite:///", "postgresql://", "postgres://", "postgresql+psycopg://")
_REDIS = ("redis://", "rediss://", "unix://")
_ORIGIN = re.compile(r"https?://(?:\*\.)?[A-Za-z0-9.-]+(?::\d{1,5})?")

_RELAY = re.compile(
    r"turns?:(?:[A-Za-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?(?:\?transport=(?:udp|tcp))?"
)


class BadSettings(Exception):
    """What is wrong, one line a setting, each with its name."""


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _listed(value: object) -> object:
    if isinstance(value, str):
        return tuple(_parts(value))
    return value


Listed = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Settings(BaseModel):
    """Every setting with its default; an unknown name is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data_dir: Path = Path("var")
    database_url: str = Field(default="", repr=False)
    redis_url: str = Field(default="", repr=False)
    secret_key: str = Field(default="", repr=False)
    clinic: str = "teleconsulta"
    base_url: str = ""
    mail_server: str = ""
    mail_port: int = Field(default=587, ge=1, le=65535)
    mail_username: str = ""
    mail_password: str = Field(default="", repr=False)
    mail_use_tls: bool = True
    mail_sender: str = ""
    sms_gateway_url: str = Field(default="", repr=False)
    sms_gateway_token: str = Field(default="", repr=False)
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    embed_origins: Listed = ()
    rate_limit: str = "300 per minute"
    live_sockets: int = Field(default=200, ge=0, le=2000)
    clamav: str = ""
    turn_url: Listed = ()
    turn_secret: str = Field(default="", repr=False)
    turn_only: bool = False
    push_key: str = Field(default="", repr=False)
    push_services: Listed = ()
    seal_file: str = ""
    seal_password: str = Field(default="", repr=False)

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, key: str) -> str:
        parts = _parts(key)
        if key and min((len(part.encode()) for part in parts), default=0) < SHORTEST_KEY_BYTES:
            several = " in each of the keys that commas separate" if "," in key else ""
            raise ValueError(f"at least {SHORTEST_KEY_BYTES} bytes are needed{several}")
        return key

    @field_validator("base_url")
    @classmethod
    def _origin(cls, address: str) -> str:
        if address and not _is_origin(address):
            raise ValueError("an address such as https://portal.clinica.example, without a path")
        return address.rstrip("/")

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if url and (not url.startswith(_DATABASES) or ":memory:" in url or url == "sqlite:///"):
            raise ValueError("sqlite:///path/of/file.db or postgresql://user:password@host/name")
        return url

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, url: str) -> str:
        if url and not url.startswith(_REDIS):
            raise ValueError("an address such as redis://:password@host:6379/0")
        return url

    @field_validator("sms_gateway_url")
    @classmethod
    def _safe_gateway(cls, url: str) -> str:
        if url and not _is_safe(url):
            raise ValueError("an address such as https://sms.example/send; http only here")
        return url

    @field_validator("sms_gateway_token")
    @classmethod
    def _fit_for_a_header(cls, token: str) -> str:
        if not re.fullmatch(r"[!-~]*", token):
            raise ValueError("letters, digits and signs without blanks")
        return token

    @field_validator("embed_origins")
    @classmethod
    def _origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        # They go into a header as they are.
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin}: an origin such as https://www.clinica.example")
        return origins

    @field_validator("rate_limit")
    @classmethod
    def _readable_rate(cls, rate: str) -> str:
        try:
            parse_many(rate)
        except ValueError:
            raise ValueError("a rate such as 300 per minute") from None
        return rate

    @field_validator("turn_url")
    @classmethod
    def _relays(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        for url in urls:
            if not _RELAY.fullmatch(url):
                raise ValueError(f"{url}: turn:turn.clinica.example:3478 or turns:…:5349")
        return urls

    @field_validator("clamav")
    @classmethod
    def _known_scanner(cls, address: str) -> str:
        if address and not is_address(address):
            raise ValueError("tcp://host:3310 or unix:///run/clamav/clamd.ctl")
        return address

    @field_validator("push_key")
    @classmethod
    def _private_key(cls, key: str) -> str:
        if key and not re.fullmatch(r"[\w-]{43}", key, re.ASCII):
            raise ValueError("32 bytes as base64url, 43 letters")
        return key

    @model_validator(mode="after")
    def _check_mail(self) -> Self:
        if self.mail_username and not self.mail_use_tls:
            raise ValueError("mail_use_tls: a password is never sent in the clear")
        if self.mail_sender and "@" not in parseaddr(self.mail_sender)[1]:
            raise ValueError("mail_sender: an address such as no-responder@clinica.example")
        return self

    @model_validator(mode="after")
    def _check_relay(self) -> Self:
        if bool(self.turn_url) != bool(self.turn_secret):
            raise ValueError("turn_secret: it and turn_url are set together")
        if self.turn_only and not self.turn_url:
            raise ValueError("turn_only: needs turn_url")
        return self

    @property
    def database(self) -> str:
        """The database as SQLAlchemy names it; SQLite in the data folder by default."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir / 'clinicweb.db'}"
        for short in ("postgresql://", "postgres://"):
            if self.database_url.startswith(short):
                return "postgresql+psycopg://" + self.database_url.removeprefix(short)
        return self.database_url

    @property
    def is_https(self) -> bool:
        return urlsplit(self.base_url).scheme == "https"

    def make_data_dir(self) -> None:
        """The folder of everything that is kept; for this user's eyes only when it is new."""
        try:
            self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise BadSettings(f"{PREFIX}DATA_DIR: {self.data_dir}: {error.strerror}") from None

    def keys(self) -> tuple[str, ...]:
        """
        The secret keys, the newest last: what any of them signed is good, the last one signs.

        As set, separated by commas, the newest first; or one generated once and kept for this
        user's eyes only.
        """
        if self.secret_key:
            return tuple(reversed(_parts(self.secret_key)))
        self.make_data_dir()
        return (_kept_key(self.data_dir / "secret_key", 48, "all sign in again"),)

    def vapid_key(self) -> str:
        """By which push services know this portal: as set, or generated once and kept."""
        if self.push_key:
            return self.push_key
        self.make_data_dir()
        return _kept_key(self.data_dir / "push_key", 32, "all allow notices again")


def _is_origin(address: str) -> bool:
    try:
        parts = urlsplit(address)
        has_good_port = parts.port != 0
    except ValueError:
        return False
    rest = (parts.path.rstrip("/"), parts.query, parts.fragment, parts.username)
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and has_good_port
        and not any(rest)
    )


def _is_safe(url: str) -> bool:
    """Whether what is sent to *url* cannot be read on the way."""
    try:
        parts = urlsplit(url)
        has_good_port = parts.port != 0
    except ValueError:
        return False
    host = parts.hostname or ""
    is_clean = re.fullmatch(r"[!-~]+", url) and not parts.username and not parts.fragment
    has_way = parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host))
    return bool(host and has_good_port and is_clean and has_way)


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _kept_key(path: Path, size_bytes: int, price: str) -> str:
    try:
        return kept_key(path, size_bytes)
    except DamagedKey:
        told = f"{path}: damaged; restore it, or remove it and {price}"
        raise BadSettings(told) from None


def load_settings(environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """
    Read the settings.

    Args:
        environ: the environment by default.
        overrides: values that win over the environment, by field name.

    Raises: ``BadSettings`` that names each wrong setting as the environment does.
    """
    environ = os.environ if environ is None else environ
    found = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environ.items()
        if name.startswith(PREFIX) and value != ""
    }
    try:
        return Settings.model_validate({**found, **overrides})
    except ValidationError as error:
        raise BadSettings("\n".join(_told(problem) for problem in error.errors())) from None


def _told(problem: Mapping[str, object]) -> str:
    message = str(problem["msg"]).removeprefix("Value error, ")
    location = problem["loc"]
    if isinstance(location, tuple) and location:
        return f"{PREFIX}{str(location[0]).upper()}: {message}"
    name, _, rest = message.partition(": ")
    return f"{PREFIX}{name.upper()}: {rest}"
