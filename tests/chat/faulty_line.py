"""
A line between a browser and the portal that delays, halves, doubles and cuts what it carries.

What is doubled is doubled whole, as by a proxy that tries again: a frame of a socket either way, or
a request, of which the second answer reaches nobody.
"""

import asyncio
import contextlib
import random

from tests.chat.frames import Frames

_CHUNK = 4096
CUT, HALVED, DELAYED, DOUBLED = 0.01, 0.1, 0.2, 0.3


class FaultyLine:
    """On *port* of this machine, as long as *is_bad* worse than a cable; *cuts* are counted."""

    def __init__(self, target, chance):
        self.target, self.chance = target, chance
        self.is_bad, self.cuts, self.doubled, self.port = False, 0, 0, 0
        self.open_ones, self.again = set(), set()

    async def start(self):
        self.server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]

    async def stop(self):
        self.server.close()
        for writers in list(self.open_ones):
            self._hang_up(writers)

    def cut_some(self, share):
        for writers in list(self.open_ones):
            if self.chance.random() < share:
                self._cut(writers)

    async def _carry(self, reader, writer):
        try:
            there, away = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        writers = (writer, away)
        self.open_ones.add(writers)
        pumps = [self._pump(reader, away, writers), self._pump(there, writer, writers)]
        with contextlib.suppress(OSError):
            await asyncio.gather(*pumps)
        self._hang_up(writers)

    async def _pump(self, reader, writer, writers):
        frames = Frames()
        while data := await reader.read(_CHUNK):
            fate = self.chance.random() if self.is_bad else 1.0
            half = self.chance.randrange(len(data))
            is_whole = frames.whole(data)
            if DELAYED <= fate < DOUBLED:
                self._double(data, writer if is_whole else None)
            if fate < CUT:
                writer.write(data[:half])
                await writer.drain()
                self._cut(writers)
                return
            if fate < HALVED:
                writer.write(data[:half])
                data = data[half:]
            if fate < DELAYED:
                await asyncio.sleep(random.Random(fate).random() / 5)  # noqa: S311
            writer.write(data)
            await writer.drain()
        with contextlib.suppress(OSError):
            writer.write_eof()

    def _double(self, data, writer):
        if writer:
            writer.write(data)
        elif data.startswith(b"POST "):
            self.again.add(task := asyncio.create_task(self._repeat(data)))
            task.add_done_callback(self.again.discard)
        else:
            return
        self.doubled += 1

    async def _repeat(self, request):
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", self.target)
            writer.write(request)
            await reader.read()
            writer.transport.abort()

    def _cut(self, writers):
        self.cuts += 1
        self._hang_up(writers)

    def _hang_up(self, writers):
        self.open_ones.discard(writers)
        for writer in writers:
            writer.transport.abort()
