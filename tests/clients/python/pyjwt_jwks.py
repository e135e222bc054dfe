"""PyJWT's PyJWKClient: verifies before and after a key rotation, without a restart."""

import httpx
import jwt

from issuer import PASSWORDS, URL, check, refused, rotate

# By default an unknown kid is looked for at most every 30 seconds.
keys = jwt.PyJWKClient(f"{URL}/.well-known/jwks.json", cooldown_duration=0)
ALGORITHMS = ["ES256", "RS256", "EdDSA", "PS256"]


def sign_in():
    form = {"grant_type": "password", "username": "alice", "password": PASSWORDS["alice"]}
    return httpx.post(f"{URL}/token", data=form).raise_for_status().json()["access_token"]


def verify(token, **changed):
    expected = {"audience": "items-api", "issuer": URL, "options": {"require": ["exp", "iat", "sub", "jti"]}} | changed
    return jwt.decode(token, keys.get_signing_key_from_jwt(token), algorithms=ALGORITHMS, **expected)


def kid(token):
    return jwt.get_unverified_header(token)["kid"]


older = sign_in()
check("a token verifies", verify(older)["sub"] == "alice")
refused("not for another audience", jwt.InvalidAudienceError, lambda: verify(older, audience="orders-api"))
refused("not from another issuer", jwt.InvalidIssuerError, lambda: verify(older, issuer="http://localhost:1"))
head, claims, signature = older.split(".")
other = signature[:10] + ("A" if signature[10] != "A" else "B") + signature[11:]
refused("not with a changed signature", jwt.InvalidSignatureError, lambda: verify(f"{head}.{claims}.{other}"))
rotate()
newer = sign_in()
check("after the rotation another key signs", kid(newer) != kid(older), kid(newer))
check("its token verifies with the same client", verify(newer)["sub"] == "alice")
check("and so does the older one", verify(older)["sub"] == "alice")
