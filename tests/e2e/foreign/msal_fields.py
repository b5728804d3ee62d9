"""What Microsoft's own library sends to a token endpoint: the names of its form fields.

Argument: a JSON object with a private key and its certificate (PEM). Nothing is sent anywhere:
every answer is made up here. Prints one JSON object: names by request.
"""

import json
import sys
import urllib.parse

import msal

given = json.loads(sys.argv[1])
AUTHORITY = "https://login.example/fdfed7bd-9f6a-44a1-b694-6e39c468c150"
CLIENT = "e0000000-0000-4000-8000-000000000100"
API = [f"api://{CLIENT}/access"]


class Answer:
    def __init__(self, status_code, body):
        self.status_code, self.text, self.headers = status_code, json.dumps(body), {}

    def raise_for_status(self):
        pass


class Recorder:
    """Answers as a tenant would and keeps the names of the fields of the last form."""

    names = None

    def get(self, url, **_):
        return Answer(
            200,
            {
                "issuer": f"{AUTHORITY}/v2.0",
                "authorization_endpoint": f"{AUTHORITY}/oauth2/v2.0/authorize",
                "token_endpoint": f"{AUTHORITY}/oauth2/v2.0/token",
            },
        )

    def post(self, url, data=None, **_):
        fields = urllib.parse.parse_qs(data) if isinstance(data, str) else data
        self.names = sorted(name for name, value in fields.items() if value)
        return Answer(
            200,
            {
                "token_type": "Bearer",
                "expires_in": 3600,
                "access_token": "made-up",
                "refresh_token": "made-up",
                "scope": API[0],
            },
        )

    def close(self):
        pass


def names(credential, request):
    recorder = Recorder()
    app = msal.ConfidentialClientApplication(
        CLIENT,
        client_credential=credential,
        authority=AUTHORITY,
        http_client=recorder,
        instance_discovery=False,
    )
    request(app)
    return recorder.names


def on_behalf_of(**more):
    scopes = ["https://graph.microsoft.com/Files.Read.All"]
    return lambda app: app.acquire_token_on_behalf_of("made-up", scopes, **more)


def code(app):
    flow = app.initiate_auth_code_flow(API, redirect_uri="https://connector.example/oauth/callback")
    app.acquire_token_by_auth_code_flow(flow, {"code": "made-up", "state": flow["state"]})


def refresh(app):
    app.acquire_token_by_refresh_token("made-up", API)


secret = "made-up"
certificate = {"private_key": given["private_key"], "public_certificate": given["certificate"]}
print(
    json.dumps(
        {
            "on_behalf_of": {
                "secret": names(secret, on_behalf_of()),
                "certificate": names(certificate, on_behalf_of()),
                "claims": names(secret, on_behalf_of(claims_challenge='{"access_token":{}}')),
            },
            "code": {"secret": names(secret, code), "certificate": names(certificate, code)},
            "refresh": {
                "secret": names(secret, refresh),
                "certificate": names(certificate, refresh),
            },
        }
    )
)
