"""A line between a browser and the portal that delays, halves and cuts what it carries."""

import asyncio
import contextlib
import random

_CHUNK = 4096
CUT, HALVED, DELAYED = 0.01, 0.1, 0.2


class FaultyLine:
    """On *port* of this machine, as long as *is_bad* worse than a cable; *cuts* counts."""

    def __init__(self, target, chance):
        self.target, self.chance = target, chance
        self.is_bad, self.cuts, self.port = False, 0, 0
        self.open_ones = set()

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
        while data := await reader.read(_CHUNK):
            fate = self.chance.random() if self.is_bad else 1.0
            half = self.chance.randrange(len(data))
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

    def _cut(self, writers):
        self.cuts += 1
        self._hang_up(writers)

    def _hang_up(self, writers):
        self.open_ones.discard(writers)
        for writer in writers:
            writer.transport.abort()
