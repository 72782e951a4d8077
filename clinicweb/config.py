"""Settings of one installation, from the environment: ``CLINICWEB_…``."""

import os
import secrets
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

PREFIX = "CLINICWEB_"
SHORTEST_KEY_BYTES = 32


class BadSettings(Exception):
    """What is wrong, one line a setting, each with its name."""


def _listed(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


Listed = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Settings(BaseModel):
    """Every setting with its default; an unknown name is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data_dir: Path = Path("var")
    database_url: str = ""
    redis_url: str = ""
    secret_key: Listed = ()
    clinic: str = "teleconsulta"
    base_url: str = ""
    mail_server: str = ""
    mail_port: int = Field(default=587, ge=1, le=65535)
    mail_username: str = ""
    mail_password: str = ""
    mail_use_tls: bool = True
    mail_sender: str = ""
    trusted_proxies: int = Field(default=0, ge=0, le=5)
    embed_origins: Listed = ()
    rate_limit: str = "300 per minute"

    @model_validator(mode="after")
    def _check_key(self) -> Self:
        if any(len(key.encode()) < SHORTEST_KEY_BYTES for key in self.secret_key):
            raise ValueError(f"secret_key: at least {SHORTEST_KEY_BYTES} bytes are needed")
        return self

    @model_validator(mode="after")
    def _check_base_url(self) -> Self:
        parts = urlsplit(self.base_url)
        if self.base_url and (parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("base_url: an address such as https://portal.clinica.example")
        return self

    @model_validator(mode="after")
    def _check_mail(self) -> Self:
        if self.mail_username and not self.mail_use_tls:
            raise ValueError("mail_use_tls: a password is never sent in the clear")
        if self.mail_sender and "@" not in parseaddr(self.mail_sender)[1]:
            raise ValueError("mail_sender: an address such as no-responder@clinica.example")
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
        return self.base_url.startswith("https://")

    def keys(self) -> tuple[str, ...]:
        """
        The secret keys, the newest last: what any of them signed is good, the last one signs.

        As set (several are separated by commas), or one generated once and kept for this
        user's eyes only.
        """
        return self.secret_key or (_kept_key(self.data_dir / "secret_key"),)


def _kept_key(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text()


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
