"""
``clinicweb serve live``: gunicorn with a gevent worker that holds sockets and nothing else.

``python -m clinicweb.live_server``, with the options of that command, which has looked at settings
and database before.  A process of its own, because the worker is patched by gevent after its fork:
nothing may have asked the database before, for then its driver has chosen how to wait.
"""

import click

from clinicweb.config import load_settings
from clinicweb.server import serve_sockets


@click.command()
@click.option("--host", required=True)
@click.option("--port", required=True, type=int)
@click.option("--sockets", required=True, type=int)
def main(host: str, port: int, sockets: int) -> None:
    serve_sockets(load_settings(), host=host, port=port, sockets=sockets)


if __name__ == "__main__":
    main()
