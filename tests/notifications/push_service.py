"""A browser that was allowed to tell of messages, and its push service, on this machine."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

AUTH = b"sixteen bytes of"


def as_text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    """Answers *status* to all; ``requests``: what came."""

    status: int = 201
    origin: str = ""
    requests: list[Request] = field(default_factory=list)
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def fields(self) -> dict[str, str]:
        """What the browser tells the portal."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": as_text(point), "auth": as_text(AUTH)}
        return {"endpoint": f"{self.origin}/send/of-this-browser"} | keys

    def shown(self, request: Request) -> dict[str, str]:
        """What the browser makes of *request*, with the key that never left it."""
        plain = http_ece.decrypt(
            request.body, private_key=self.key, auth_secret=AUTH, version="aes128gcm"
        )
        shown: dict[str, str] = json.loads(plain)
        return shown


@contextmanager
def push_service(status: int = 201) -> Iterator[PushService]:
    service = PushService(status)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            service.requests.append(Request(self.path, headers, body))
            self.send_response(service.status)
            self.send_header("Location", f"{service.origin}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        service.origin = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield service
        finally:
            server.shutdown()
            thread.join()
