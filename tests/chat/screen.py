"""
A conversation's page without a browser: what ``live.js`` and ``chat.js`` do, at a faster pace.

What is written goes to a store that survives reloads, and out of it one by one, in order, with a
key, until the page has it back from the server; by the socket while there is one, else by POST.
What the socket brings follows on what is known, or the page asks for what it missed; it asks too
when a socket opens, when it is told to, and now and then while there is none.
"""

import asyncio
import contextlib
import json
import re
import time
from urllib.parse import urlencode

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from clinicweb.core.ids import new_public_id

# Of the seconds that a page waits for anything.
PACE = 0.2
_ANSWER_SECONDS = 15
BROKEN = (OSError, WebSocketException, asyncio.IncompleteReadError, TimeoutError, ValueError)
_ROW = re.compile(
    r'<li id="message-[^"]+"[^>]*? data-number="(\d+)"[^>]*?(?: data-key="([^"]+)")?>'
    r'.*?<p class="said"[^>]*>([^<]*)</p>',
    re.DOTALL,
)
_HEARD = re.compile(r'<li hidden data-since="(\d+)" data-to="(\d+)"([^>]*)>')
_OF = re.compile(r'(?:hx-target="#messages|id="state)-([^"]+)"')
_STATE = re.compile(r'id="state-([^"]+)"([^>]*)>\s*<input type="hidden" name="desde" value="(\d+)"')


class Browser:
    """Of one person: the cookie, and what is written but not acknowledged, by conversation."""

    def __init__(self, member):
        self.member, self.stores = member, {}


class Screen:
    """One tab; *rows* are its lines, by number."""

    def __init__(self, portal, line, browser, conversation):
        self.portal, self.line, self.browser = portal, line, browser
        self.conversation, self.path = conversation, f"/conversaciones/{conversation}"
        self.waiting = browser.stores.setdefault(conversation, {})
        self.rows, self.known, self.going, self.socket = {}, 0, None, None
        self.seen, self.loads, self.refusals, self.tasks = 0, 0, [], set()
        # When its socket was opened, again and again; and by text, when it first stood here.
        self.opened_at, self.shown_at = [], {}

    # What the person does.

    def open(self):
        self._spawn(self._live())

    def write(self, text):
        self.waiting[new_public_id()] = text
        self._next()

    def reload(self):
        self.close()
        self.rows, self.known, self.going, self.socket, self.seen = {}, 0, None, None, 0
        self.open()

    def close(self):
        for task in list(self.tasks):
            task.cancel()

    def ready_before(self, instant):
        """When its socket was opened last, before *instant*."""
        return max((at for at in self.opened_at if at <= instant), default=0)

    def transcript(self):
        return [self.rows[number] for number in sorted(self.rows)]

    # The page and its socket.

    def _spawn(self, work):
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _live(self):
        while not self.known:
            with contextlib.suppress(*BROKEN):
                status, html = await self._ask("GET", self.path)
                if status == 200:
                    self._take(html)
                    self.loads += 1
                    break
            await asyncio.sleep(PACE)
        self._spawn(self._poll())
        self._next()
        wait = PACE
        while True:
            with contextlib.suppress(*BROKEN):
                await self._listen()
                wait = PACE
            self.socket = None
            await asyncio.sleep(wait)
            wait = min(2 * wait, 15 * PACE)

    async def _listen(self):
        headers = {"Cookie": self.browser.member.cookie}
        async with connect(
            self.portal.url.replace("http", "ws", 1) + "/live?nonce=" + "n" * 22,
            host="127.0.0.1", port=self.line.port, origin=self.portal.url, proxy=None,
            additional_headers=headers, close_timeout=1, open_timeout=10,
        ) as self.socket:  # fmt: skip
            self.opened_at.append(time.monotonic())
            self._spawn(self._catch_up())
            self._again()
            async for text in self.socket:
                if text[0] == "<":
                    self._take(text)
                elif text[0] == "{":
                    self._told(json.loads(text))

    def _told(self, told):
        if told["live"] == "catchup":
            self._spawn(self._catch_up())
        elif told.get("key") in self.waiting:
            self._spawn(self._post(told["key"]))

    async def _poll(self):
        while True:
            await asyncio.sleep(15 * PACE)
            if self.socket is None:
                await self._catch_up()

    async def _catch_up(self):
        path = f"{self.path}/nuevos?desde={self.known}&visto=0"
        with contextlib.suppress(*BROKEN):
            status, html = await self._ask("GET", path)
            if status == 200:
                self._take(html)

    # What comes in.

    def _take(self, html):
        if self.conversation not in _OF.findall(html):
            return
        heard, state = _HEARD.search(html), _STATE.search(html)
        for number, key, text in _ROW.findall(html):
            self.rows[int(number)] = text
            self.shown_at.setdefault(text, time.monotonic())
            self.waiting.pop(key, None)
        if state:
            self.known = int(state.group(3))
        elif int(heard.group(1)) > self.known:
            self._spawn(self._catch_up())
        else:
            self.known = max(self.known, int(heard.group(2)))
        traits = (heard.group(3) if heard else "") + (state.group(2) if state else "")
        if "data-more" in traits:
            self._spawn(self._catch_up())
        self._look()
        self._next()

    def _look(self):
        last = max(self.rows, default=0)
        if self.socket is not None and last > self.seen:
            self.seen = last
            self._spawn(self._say({"live": "chat.seen", "number": str(last)}))

    async def _say(self, fields):
        with contextlib.suppress(*BROKEN, AttributeError):
            await self.socket.send(json.dumps(fields | {"conversation": self.conversation}))

    # What goes out.

    def _next(self):
        if self.going in self.waiting:
            return
        self.going = next((key for key in self.waiting if key not in self.refusals), None)
        if self.going:
            self._spawn(self._deliver(self.going))

    def _again(self):
        self.going = None
        self._next()

    def _is_stuck(self, key):
        return self.going == key and key in self.waiting

    async def _deliver(self, key):
        if self.socket is not None:
            fields = {"key": key, "text": self.waiting.get(key, ""), "desde": str(self.known)}
            await self._say({"live": "chat.send"} | fields)
            await asyncio.sleep(8 * PACE)
        if self._is_stuck(key):
            await self._post(key)

    async def _post(self, key):
        fields = {"key": key, "text": self.waiting.get(key, ""), "desde": str(self.known)}
        status = 0
        with contextlib.suppress(*BROKEN):
            status, html = await self._ask("POST", self.path, fields)
            if status == 200:
                self._take(html)
        if not self._is_stuck(key):
            return
        self.going = None
        if status < 400 or status > 499 or status == 429:
            await asyncio.sleep(15 * PACE)
            if self.going is None:
                self._next()
        else:
            self.refusals.append(key)
            self._next()

    async def _ask(self, method, path, fields=None):
        """Status and body of an answer that came whole; raises one of ``BROKEN``."""
        member, body = self.browser.member, b""
        if fields is not None:
            body = urlencode(fields | {"csrf_token": member.token}).encode()
        host = self.portal.url.removeprefix("http://")
        lines = [
            f"{method} {path} HTTP/1.0", f"Host: {host}", f"Origin: {self.portal.url}",
            f"Cookie: {member.cookie}", f"Content-Length: {len(body)}",
            "Content-Type: application/x-www-form-urlencoded",
        ]  # fmt: skip
        if path != self.path or fields is not None:
            lines += ["HX-Request: true", "HX-Request-Type: partial"]
            lines += [f"HX-Target: ol#messages-{self.conversation}"]
        async with asyncio.timeout(_ANSWER_SECONDS):
            return await self._exchange("\r\n".join([*lines, "", ""]).encode() + body)

    async def _exchange(self, request):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.line.port)
        try:
            writer.write(request)
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            size = re.search(r"(?i)content-length: (\d+)", head)
            body = await reader.readexactly(int(size.group(1))) if size else b""
        finally:
            writer.transport.abort()
        return int(head.split()[1]), body.decode()
