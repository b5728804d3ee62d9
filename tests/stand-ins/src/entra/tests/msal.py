"""Drives the stand-in with Microsoft's own library and prints what came back.

Reads one JSON object from stdin: where the stand-in listens and what it calls itself (the library
insists on https), the client, its credentials and a person's token.
"""

import json
import sys
import urllib.parse

import msal
import requests

given = json.load(sys.stdin)
GRAPH = ["https://graph.microsoft.com/Files.Read.All"]


class Loopback:
    """Takes requests for the public address to the real one and follows no redirect."""

    def __init__(self):
        self.session = requests.Session()
        self.session.trust_env = False

    def _send(self, method, url, **kwargs):
        url = url.replace(given["public_base"], given["base"], 1)
        kwargs.pop("verify", None)
        return self.session.request(method, url, allow_redirects=False, timeout=20, **kwargs)

    def get(self, url, **kwargs):
        return self._send("GET", url, **kwargs)

    def post(self, url, **kwargs):
        return self._send("POST", url, **kwargs)

    def close(self):
        self.session.close()


def options(**more):
    discovery = given["public_base"] + "/common/discovery/instance"
    return {
        "authority": given["public_base"] + "/" + given["tenant"],
        "http_client": Loopback(),
        "instance_discovery": more.pop("discovery", False) and discovery,
        **more,
    }


def connector(credential, **more):
    return msal.ConfidentialClientApplication(
        given["connector"], client_credential=credential, **options(**more)
    )


def exchange(app, scopes=GRAPH, **more):
    return app.acquire_token_on_behalf_of(given["assertion"], scopes, **more)


secret = connector(given["secret"])
certificate = connector(
    {"private_key": given["private_key"], "public_certificate": given["certificate"]}
)
thumbprint = connector({"private_key": given["private_key"], "thumbprint": given["thumbprint"]})
capable = connector(given["secret"], client_capabilities=["cp1"], discovery=True)
assistant = msal.PublicClientApplication(given["assistant"], **options())


def sign_in(app, redirect_uri):
    """The code flow as Ann, and a refresh of what it brought."""
    scopes = [given["api_scope"]]
    flow = app.initiate_auth_code_flow(
        scopes, redirect_uri=redirect_uri, login_hint="ann", prompt="none"
    )
    location = app.http_client.get(flow["auth_uri"]).headers["location"]
    answer = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
    signed_in = app.acquire_token_by_auth_code_flow(flow, answer)
    silent = app.acquire_token_silent_with_error(
        scopes, account=app.get_accounts()[0], force_refresh=True
    )
    return signed_in, silent


signed_in, silent = sign_in(assistant, "http://localhost:4321/")
# As a connector does that is the authorization server of its assistants.
proxy_signed_in, proxy_silent = sign_in(connector(given["secret"]), given["callback"])

json.dump(
    {
        "secret": exchange(secret),
        "certificate": [exchange(certificate), exchange(certificate, GRAPH + ["User.Read"])],
        "thumbprint": exchange(thumbprint),
        "capable": exchange(capable),
        "wrong_secret": exchange(connector("guess")),
        "no_consent": exchange(secret, ["https://graph.microsoft.com/Mail.Send"]),
        "garbage": secret.acquire_token_on_behalf_of("garbage", GRAPH),
        "signed_in": signed_in,
        "silent": silent,
        "proxy_signed_in": proxy_signed_in,
        "proxy_silent": proxy_silent,
    },
    sys.stdout,
)
