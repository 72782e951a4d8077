"""
``clinicweb serve live``: a process that holds sockets and nothing else, on gevent.

``python -m clinicweb.live_server`` with the options of that command.
"""

# ruff: noqa: E402
from gevent import monkey

# Before anything that keeps a lock, or asks how to wait for the database.
monkey.patch_all()

import click

from clinicweb.opening import open_installation
from clinicweb.server import serve_sockets


@click.command()
@click.option("--host", required=True)
@click.option("--port", required=True, type=int)
@click.option("--sockets", required=True, type=int)
def main(host: str, port: int, sockets: int) -> None:
    serve_sockets(open_installation(), host=host, port=port, sockets=sockets)


if __name__ == "__main__":
    main()
