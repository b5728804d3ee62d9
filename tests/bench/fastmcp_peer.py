"""The same tool call on FastMCP: the peer that `cargo xtask bench` compares with.

`serve` answers HTTP and says its port in one line; `function` answers one event of the Lambda
runtime API. What to ask upstream and whom to believe comes in as variables named PEER_….
PEER_AUTH says how: `keys` (any JWT), `azure` (Entra tokens), `proxy` (its own OAuth server in
front of Entra) or `nobody` (everyone may call).
Where the two sides cannot do the very same thing, this one does less.
"""

import asyncio
import hashlib
import json
import os
import sys
import time
import uuid
from datetime import datetime, timezone

import httpx2
from fastmcp import FastMCP
from fastmcp.server.dependencies import get_access_token
from fastmcp.server.middleware import Middleware
from fastmcp.server.middleware.rate_limiting import RateLimitingMiddleware
from pydantic import BaseModel
from starlette.responses import JSONResponse

# Where to listen; 0 is any port.
PORT = int(os.environ.get("PEER_PORT", "0"))
UPSTREAM = os.environ["PEER_UPSTREAM"]
ALLOWED_LABELS = set(os.environ["PEER_LABELS"].split(","))
WITHHELD = "[withheld: label]"

# The requests of the call as the connector makes them: first the search, then its labels.
with open(os.environ["PEER_REQUESTS"], encoding="utf-8") as file:
    REQUESTS = json.load(file)

# One person's upstream token, as after the first call.
UPSTREAM_TOKENS: dict[str, str] = {}

http = httpx2.AsyncClient(timeout=8.0)


class Item(BaseModel):
    """One thing that was found."""

    ref: str
    title: str | None
    url: str | None
    when: str | None
    who: str | None
    label: str | None
    snippet: str | None


class Found(BaseModel):
    """What a search answers."""

    items: list[Item]
    more: bool


def person(_context=None) -> str:
    """The object id of the caller."""
    token = get_access_token()
    return token.claims["oid"] if token else "nobody"


class Audit(Middleware):
    """Writes one line per tool call before its answer leaves."""

    def __init__(self, path: str):
        self.file = open(path, "a", encoding="utf-8")

    async def on_call_tool(self, context, call_next):
        began = time.perf_counter()
        result = await call_next(context)
        body = json.dumps(result.structured_content)
        record = {
            "event_id": str(uuid.uuid4()),
            "time": datetime.now(timezone.utc).isoformat(),
            "oid": person(),
            "tool": context.message.name,
            "arguments": context.message.arguments,
            "outcome": "success",
            "took_ms": round((time.perf_counter() - began) * 1000),
            "result_sha256": hashlib.sha256(body.encode()).hexdigest(),
            "items": len(result.structured_content["items"]),
        }
        self.file.write(json.dumps(record) + "\n")
        self.file.flush()
        return result


def believe_entra(verifier) -> None:
    """Points a verifier that knows https addresses alone at the stand-in on loopback."""
    verifier.jwks_uri = os.environ["PEER_JWKS"]
    verifier.issuer = os.environ["PEER_ISSUER"]


def any_jwt():
    """The plain verifier."""
    from fastmcp.server.auth.providers.jwt import JWTVerifier

    return JWTVerifier(
        jwks_uri=os.environ["PEER_JWKS"],
        issuer=os.environ["PEER_ISSUER"],
        audience=os.environ["PEER_AUDIENCE"].split(","),
        required_scopes=["access"],
    )


def azure():
    """The verifier for Entra."""
    from fastmcp.server.auth.providers.azure import AzureJWTVerifier

    verifier = AzureJWTVerifier(
        client_id=os.environ["PEER_CLIENT_ID"],
        tenant_id=os.environ["PEER_TENANT"],
        required_scopes=["access"],
    )
    believe_entra(verifier)
    return verifier


def proxy():
    """The OAuth server in front of Entra, with its consent page, and everything in memory."""
    from fastmcp.server.auth.providers.azure import AzureProvider
    from key_value.aio.stores.memory import MemoryStore

    provider = AzureProvider(
        client_id=os.environ["PEER_CLIENT_ID"],
        client_secret=os.environ["PEER_CLIENT_SECRET"],
        tenant_id=os.environ["PEER_TENANT"],
        required_scopes=["access"],
        base_url=f"http://127.0.0.1:{PORT}",
        redirect_path="/oauth/callback",
        client_storage=MemoryStore(),
        jwt_signing_key=os.urandom(32),
    )
    believe_entra(provider._token_validator)
    endpoints = f"{os.environ['PEER_ENTRA']}/{os.environ['PEER_TENANT']}/oauth2/v2.0"
    provider._upstream_authorization_endpoint = f"{endpoints}/authorize"
    provider._upstream_token_endpoint = f"{endpoints}/token"
    return provider


AUTH = {"keys": any_jwt, "azure": azure, "proxy": proxy, "nobody": lambda: None}
mcp = FastMCP("sharepoint", auth=AUTH[os.environ.get("PEER_AUTH", "keys")]())
mcp.add_middleware(
    RateLimitingMiddleware(
        max_requests_per_second=1_000_000, burst_capacity=1_000_000, get_client_id=person
    )
)
mcp.add_middleware(Audit(os.environ["PEER_AUDIT"]))


@mcp.custom_route("/health", methods=["GET"])
async def health(_request):
    """Says that the process is up."""
    return JSONResponse({"status": "ok"})


async def ask(request: dict) -> dict:
    """One upstream request with the person's token."""
    token = UPSTREAM_TOKENS.setdefault(person(), "upstream-token")
    headers = {"authorization": f"Bearer {token}", "client-request-id": str(uuid.uuid4())}
    if "body" in request:
        content = json.dumps(request["body"], separators=(",", ":"))
        headers["content-type"] = "application/json"
    else:
        content = None
    answer = await http.request(
        request["method"], UPSTREAM + request["path"], content=content, headers=headers
    )
    answer.raise_for_status()
    return answer.json()


def label_of(part: dict) -> str | None:
    """The sensitivity label in one part of the batch."""
    fields = (part.get("body", {}).get("listItem") or {}).get("fields") or {}
    return fields.get("_IpLabelId")


@mcp.tool(annotations={"readOnlyHint": True})
async def sharepoint_search(query: str, limit: int = 20) -> Found:
    """Search files, pages, rows, folders and sites."""
    search, *others = REQUESTS
    answer = await ask(search)
    labels: dict[str, str | None] = {}
    for other in others:
        for part in (await ask(other)).get("responses", []):
            labels[part.get("body", {}).get("id", "")] = label_of(part)
    items = []
    more = False
    for one in answer["value"]:
        for container in one["hitsContainers"]:
            more = more or container.get("moreResultsAvailable", False)
            for hit in container.get("hits", []):
                resource = hit["resource"]
                label = labels.get(resource.get("id", ""))
                items.append(
                    Item(
                        ref=f"sp:{resource.get('id')}",
                        title=resource.get("name"),
                        url=resource.get("webUrl"),
                        when=resource.get("lastModifiedDateTime"),
                        who=((resource.get("lastModifiedBy") or {}).get("user") or {}).get(
                            "displayName"
                        ),
                        label=label,
                        snippet=hit.get("summary") if label in ALLOWED_LABELS else WITHHELD,
                    )
                )
    return Found(items=items[:limit], more=more)


def app():
    """The whole application, as it is deployed."""
    return mcp.http_app(path="/mcp", stateless_http=True, json_response=True)


async def serve() -> None:
    """Answers HTTP until it is ended."""
    import uvicorn

    config = uvicorn.Config(app(), host="127.0.0.1", port=PORT, log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    print(json.dumps({"port": server.servers[0].sockets[0].getsockname()[1]}), flush=True)
    await serving


async def function() -> None:
    """Answers one event of the Lambda runtime API."""
    import http.client

    runtime = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"], timeout=60)
    application = app()
    async with application.router.lifespan_context(application):
        runtime.request("GET", "/2018-06-01/runtime/invocation/next")
        delivered = runtime.getresponse()
        event = json.loads(delivered.read())
        request_id = delivered.headers["lambda-runtime-aws-request-id"]
        transport = httpx2.ASGITransport(app=application)
        async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            answer = await client.request(event["httpMethod"], event["path"])
        body = {"statusCode": answer.status_code, "body": answer.text}
        path = f"/2018-06-01/runtime/invocation/{request_id}/response"
        runtime.request("POST", path, json.dumps(body))
        runtime.getresponse().read()


if __name__ == "__main__":
    asyncio.run(serve() if sys.argv[1] == "serve" else function())
