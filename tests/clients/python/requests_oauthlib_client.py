"""requests-oauthlib: password grant, refresh with rotation, replay, client_credentials."""

import os

# The issuer speaks plain http.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

from oauthlib.oauth2 import BackendApplicationClient, InvalidClientError, InvalidGrantError, LegacyApplicationClient
from requests_oauthlib import OAuth2Session

from issuer import PASSWORDS, SECRETS, URL, check, refused

TOKEN = f"{URL}/token"
session = OAuth2Session(client=LegacyApplicationClient(client_id="workbench"), scope=["items:read", "items:write"])


def sign_in(password):
    return session.fetch_token(TOKEN, username="alice", password=password, include_client_id=True)


first = sign_in(PASSWORDS["alice"])
check("a password gives both scopes", sorted(first["scope"]) == ["items:read", "items:write"], first)
check("the token opens /items", session.get(f"{URL}/items").status_code == 200)
made = session.post(f"{URL}/items", json={"name": "Eraser"})
check("and adds to them", made.status_code == 201 and made.json()["owner"] == "alice", made.text)
replayed = first["refresh_token"]


def refresh(token):
    return session.refresh_token(TOKEN, refresh_token=token, client_id="workbench")


second = refresh(replayed)
check("a refresh rotates the refresh token", second["refresh_token"] != replayed)
check("the new token opens /me", session.get(f"{URL}/me").json()["username"] == "alice")
refused("a replay is refused", InvalidGrantError, lambda: refresh(replayed), "used before")
check("and has ended the session", session.get(f"{URL}/me").status_code == 401)
refused("so the newer one is refused too", InvalidGrantError, lambda: refresh(second["refresh_token"]), "ended")
refused("a wrong password is refused", InvalidGrantError, lambda: sign_in("wrong"), "Incorrect username or password")

api = OAuth2Session(client=BackendApplicationClient(client_id="items-api"))
token = api.fetch_token(TOKEN, client_id="items-api", client_secret=SECRETS["items-api"])
check("a client gets a token of its own", token["token_type"].lower() == "bearer", token)
refused(
    "a wrong secret is refused",
    InvalidClientError,
    lambda: api.fetch_token(TOKEN, client_id="items-api", client_secret="wrong"),
)
