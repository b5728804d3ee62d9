"""The official Python SDK as a person's assistant that reads a file by its resource address.

Arguments: the MCP address, a bearer token, the resource address. Prints one JSON object a line: the
templates that are offered, then what the address holds.
"""

import asyncio
import json
import sys

import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

url, token, address = sys.argv[1:4]


def say(**line):
    print(json.dumps(line), flush=True)


async def main():
    headers = {"authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(headers=headers, timeout=50) as http:
        async with Client(streamable_http_client(url, http_client=http)) as client:
            listed = await client.list_resource_templates()
            say(templates=[template.uri_template for template in listed.resource_templates])
            read = await client.read_resource(address)
            contents = [(str(one.uri), one.mime_type, one.text) for one in read.contents]
            say(contents=contents, protocol=client.protocol_version)


asyncio.run(main())
