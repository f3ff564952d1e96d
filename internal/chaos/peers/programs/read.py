# Reads events from a WebSocket and an SSE stream with aiohttp, one line for each.
import asyncio
import sys

import aiohttp


async def main(base, way):
    async with aiohttp.ClientSession() as session:
        if way == "websocket":
            async with session.ws_connect(base + "/v1/ws/events?events=all") as socket:
                await socket.send_str('{"type":"Ping"}')
                async for message in socket:
                    print(message.data, flush=True)
        else:
            async with session.get(base + "/v1/sse/events?events=all") as response:
                async for line in response.content:
                    print(line.decode().rstrip("\n"), flush=True)


asyncio.run(main(sys.argv[1], sys.argv[2]))
