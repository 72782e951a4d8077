"""``python -m bench.passage PORT HOST TO_HOST``: a port of one host, offered by another."""

import asyncio
import sys


async def pass_on(port: int, host: str, to_host: str) -> None:
    """What comes to *port* of *host* goes to the same port of *to_host*."""

    async def one_way(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def both_ways(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(to_host, port)
        except OSError:
            writer.close()
            return
        await asyncio.gather(one_way(reader, far_writer), one_way(far_reader, writer))

    server = await asyncio.start_server(both_ways, host, port)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(pass_on(int(sys.argv[1]), *sys.argv[2:]))
