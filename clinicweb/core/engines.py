"""The two kinds of databases, as this product wants them set up."""

import sqlite3
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.pool import ConnectionPoolEntry


def postgres_engine(url: str, busy_seconds: float, *options: str) -> Engine:
    # Of a large clinic's statements PostgreSQL fears the worst and compiles them, which takes
    # many times as long as to run them.
    options = ("-c jit=off", *options)
    return create_engine(
        url,
        hide_parameters=True,  # patients' data are not for logs
        connect_args={"options": " ".join(options)},
        pool_size=10,
        max_overflow=20,
        pool_timeout=busy_seconds,
        pool_pre_ping=True,
    )


def sqlite_engine(
    url: str,
    busy_seconds: float,
    *,
    begin: str,
    query_only: bool = False,
    synchronous: str = "FULL",
) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        connect_args={"timeout": busy_seconds},
        pool_size=20,
        max_overflow=40,
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        # The driver's own idea of transactions begins none before a SELECT: two people
        # could then both see the same free hour.
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={round(busy_seconds * 1000)}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={synchronous}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA trusted_schema=OFF")
        connection.execute(f"PRAGMA query_only={int(query_only)}")

    @event.listens_for(engine, "begin")
    def begin_as_told(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine
