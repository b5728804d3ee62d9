"""The official Python SDK as a person's assistant: signs in, calls, refreshes, calls.

Arguments: the MCP address, and the address of a client metadata document if it is not to register.
Prints one JSON object a line: the address for the browser, then what each round of calls brought.
"""

import asyncio
import json
import sys
import urllib.parse

import httpx2
from mcp import Client
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.auth import AuthorizationCodeResult, OAuthClientMetadata

url, document = sys.argv[1], (sys.argv[2:] or [None])[0]


def say(**line):
    print(json.dumps(line), flush=True)


class Storage:
    tokens = client_info = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client_info

    async def set_client_info(self, client_info):
        self.client_info = client_info


async def calls(client):
    tools = await client.list_tools()
    found = await client.call_tool("sharepoint_search", {"query": "budget"})
    items = found.structured_content["items"]
    return {"tools": [tool.name for tool in tools.tools], "titles": [item["title"] for item in items]}


async def main():
    answer = asyncio.get_running_loop().create_future()

    async def landed(reader, writer):
        target = (await reader.readline()).decode().split(" ")[1]
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        fields = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(target).query))
        answer.set_result(fields)

    async def redirect(address):
        say(authorize=address)

    async def callback():
        fields = await answer
        return AuthorizationCodeResult(
            code=fields["code"], state=fields.get("state"), iss=fields.get("iss")
        )

    listener = await asyncio.start_server(landed, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    oauth = OAuthClientProvider(
        server_url=url,
        client_metadata=OAuthClientMetadata(
            client_name="Python SDK",
            redirect_uris=[f"http://127.0.0.1:{port}/callback"],
            token_endpoint_auth_method="none",
            grant_types=["authorization_code", "refresh_token"],
            response_types=["code"],
        ),
        storage=(storage := Storage()),
        redirect_handler=redirect,
        callback_handler=callback,
    )
    # The library's own parameter insists on https, which loopback has not.
    oauth.context.client_metadata_url = document
    async with httpx2.AsyncClient(auth=oauth, timeout=50) as http:
        async with Client(streamable_http_client(url, http_client=http)) as client:
            first = storage.tokens
            secrets = [first.access_token, first.refresh_token]
            client_id = storage.client_info.client_id
            say(**await calls(client), client_id=client_id, secrets=secrets)
            oauth.context.token_expiry_time = 1
            renewed = await calls(client)
            fresh = [storage.tokens.access_token, storage.tokens.refresh_token]
            say(**renewed, secrets=fresh, protocol=client.protocol_version)


asyncio.run(main())
