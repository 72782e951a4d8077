"""People's sockets on a served portal, well-behaved ones."""

import http.client
import re
from urllib.parse import urlencode, urlsplit

from websockets.sync.client import ClientConnection, connect

from tests.cast import PASSWORD, Person


def signed_in(url: str, person: Person) -> str:
    """The cookie of a browser in which *person* has just come in."""
    cookie, token = form_token(url, "/ingresar", "")
    form = {"csrf_token": token, "identifier": person.username, "password": PASSWORD}
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/ingresar", urlencode(form), headers)
    answer = connection.getresponse()
    assert answer.status == 303, answer.read()
    found = [value for name, value in answer.getheaders() if name == "Set-Cookie"]
    connection.close()
    return next(value.split(";")[0] for value in found if value.startswith("clinicweb="))


def fetch(url: str, path: str, cookie: str) -> str:
    """The page at *path*."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    text = answer.read().decode()
    connection.close()
    return text


def form_token(url: str, path: str, cookie: str) -> tuple[str, str]:
    """The cookie after a look at *path*, and the token of its forms."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    connection.request("GET", path, headers={"Cookie": cookie})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    token = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert token
    return (answer.getheader("Set-Cookie") or cookie).split(";")[0], token.group(1)


def listen(
    url: str, cookie: str, *, origin: str | None = "", **options: object
) -> ClientConnection:
    """A page's socket; *origin* is the portal's own by default, and may be None or another's."""
    address = url.replace("http", "ws", 1) + "/live?nonce=" + "n" * 22
    return connect(
        address,
        origin=url if origin == "" else origin,  # type: ignore[arg-type]
        additional_headers={"Cookie": cookie} if cookie else {},
        proxy=None,
        **options,  # type: ignore[arg-type]
    )
