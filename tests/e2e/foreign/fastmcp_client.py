"""FastMCP's client as a person's assistant, with its own way of opening a browser and listening.

Arguments: the MCP address, and the address of a client metadata document if it is not to register.
Prints one JSON object a line: the address for the browser, then what each round of calls brought.
"""

import asyncio
import json
import sys
import webbrowser

from fastmcp import Client
from fastmcp.client.auth import OAuth

url, document = sys.argv[1], (sys.argv[2:] or [None])[0]


def say(**line):
    print(json.dumps(line), flush=True)


class Story(webbrowser.BaseBrowser):
    """The browser of this machine, as Python knows it."""

    def open(self, address, new=0, autoraise=True):
        say(authorize=address)
        return True


webbrowser.register("story", None, Story("story"), preferred=True)


async def calls(client):
    tools = await client.list_tools()
    found = await client.call_tool("sharepoint_search", {"query": "budget"})
    items = found.structured_content["items"]
    return {"tools": [tool.name for tool in tools], "titles": [item["title"] for item in items]}


def secrets(oauth):
    tokens = oauth.context.current_tokens
    return [tokens.access_token, tokens.refresh_token]


async def main():
    oauth = OAuth(mcp_url=url, client_name="FastMCP", callback_timeout=50)
    # The library's own parameter insists on https, which loopback has not.
    oauth.context.client_metadata_url = document
    async with Client(url, auth=oauth) as client:
        client_id = oauth.context.client_info.client_id
        say(**await calls(client), client_id=client_id, secrets=secrets(oauth))
        oauth.context.token_expiry_time = 1
        renewed = await calls(client)
        say(**renewed, secrets=secrets(oauth))


asyncio.run(main())
