"""Authlib: password grant, refresh with rotation, replay, client_credentials, introspection, revocation."""

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from issuer import PASSWORDS, SECRETS, URL, check, refused

metadata = requests.get(f"{URL}/.well-known/openid-configuration", timeout=30).json()
check("the metadata names the issuer", metadata["issuer"] == URL, metadata)

with OAuth2Session(client_id="workbench", token_endpoint_auth_method="none", scope="items:read") as client:
    first = client.fetch_token(metadata["token_endpoint"], username="alice", password=PASSWORDS["alice"])
    check("a password gives a token of the asked scope", first["scope"] == "items:read", first)
    check("the token opens /items", client.get(f"{URL}/items").status_code == 200)
    replayed = first["refresh_token"]
    second = dict(client.refresh_token(metadata["token_endpoint"], replayed))
    check("a refresh rotates the refresh token", second["refresh_token"] != replayed)
    check("the new token opens /me", client.get(f"{URL}/me").json()["username"] == "alice")
    refused(
        "a replay is refused",
        OAuthError,
        lambda: client.refresh_token(metadata["token_endpoint"], replayed),
        "invalid_grant",
    )
    check("and has ended the session", client.get(f"{URL}/me").status_code == 401)
    refused(
        "a wrong password is refused",
        OAuthError,
        lambda: client.fetch_token(metadata["token_endpoint"], username="alice", password="wrong"),
        "invalid_grant",
    )

for method in ["client_secret_basic", "client_secret_post"]:
    with OAuth2Session("items-api", SECRETS["items-api"], token_endpoint_auth_method=method) as api:
        token = api.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
        check(f"{method}: a client gets a token of its own", "refresh_token" not in token, token)
        asked = api.introspect_token(metadata["introspection_endpoint"], token=token["access_token"])
        check(f"{method}: introspection finds it active", asked.json()["active"] is True, asked.text)
        check(f"{method}: and its own", asked.json()["client_id"] == "items-api", asked.text)
        gone = api.revoke_token(metadata["revocation_endpoint"], token=token["access_token"])
        check(f"{method}: revocation answers 200", gone.status_code == 200, gone.text)
        asked = api.introspect_token(metadata["introspection_endpoint"], token=token["access_token"])
        check(f"{method}: the revoked token is inactive", asked.json() == {"active": False}, asked.text)
        refused(
            f"{method}: a wrong secret is refused",
            OAuthError,
            lambda: OAuth2Session("items-api", "wrong", token_endpoint_auth_method=method).fetch_token(
                metadata["token_endpoint"], grant_type="client_credentials"
            ),
            "invalid_client",
        )
