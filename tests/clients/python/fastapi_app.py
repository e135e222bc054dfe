"""A FastAPI app with OAuth2PasswordBearer and SecurityScopes that trusts the issuer through its JWKS."""

import threading
import time
from typing import Annotated

import httpx
import jwt
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Security
from fastapi.security import OAuth2PasswordBearer, SecurityScopes

from issuer import PASSWORDS, SECRETS, URL, check, rotate

app = FastAPI()
oauth2 = OAuth2PasswordBearer(
    tokenUrl=f"{URL}/token", scopes={"items:read": "Read items", "items:write": "Change items"}
)
# By default an unknown kid is looked for at most every 30 seconds.
jwks = jwt.PyJWKClient(f"{URL}/.well-known/jwks.json", cooldown_duration=0)


def current_user(wanted: SecurityScopes, token: Annotated[str, Depends(oauth2)]) -> str:
    challenge = f'Bearer scope="{wanted.scope_str}"' if wanted.scopes else "Bearer"
    try:
        key = jwks.get_signing_key_from_jwt(token)
        claims = jwt.decode(token, key, algorithms=["ES256"], audience="items-api", issuer=URL)
    except jwt.PyJWTError as error:
        raise HTTPException(401, "Could not validate credentials", {"WWW-Authenticate": challenge}) from error
    if not set(wanted.scopes) <= set(claims["scope"].split()):
        raise HTTPException(403, "Not enough permissions", {"WWW-Authenticate": challenge})
    return claims["sub"]


@app.get("/me")
def me(user: Annotated[str, Depends(current_user)]) -> dict[str, str]:
    return {"user": user}


@app.get("/items")
def items(user: Annotated[str, Security(current_user, scopes=["items:read"])]) -> dict[str, str]:
    return {"reader": user}


@app.post("/items", status_code=201)
def new_item(user: Annotated[str, Security(current_user, scopes=["items:write"])]) -> dict[str, str]:
    return {"writer": user}


server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
threading.Thread(target=server.run, daemon=True).start()
while not server.started:
    time.sleep(0.01)
port = server.servers[0].sockets[0].getsockname()[1]
api = httpx.Client(base_url=f"http://127.0.0.1:{port}")


def sign_in(username):
    form = {"username": username, "password": PASSWORDS[username], "grant_type": "password"}
    return httpx.post(f"{URL}/token", data=form).raise_for_status().json()["access_token"]


def ask(method, path, token=None):
    answer = api.request(method, path, headers={"Authorization": f"Bearer {token}"} if token else {})
    return answer.status_code, answer.json()


alice, bob = sign_in("alice"), sign_in("bob")
check("without a token it is 401", ask("GET", "/items")[0] == 401)
check("alice is known", ask("GET", "/me", alice) == (200, {"user": "alice"}), ask("GET", "/me", alice))
check("alice reads", ask("GET", "/items", alice) == (200, {"reader": "alice"}))
check("alice writes", ask("POST", "/items", alice) == (201, {"writer": "alice"}))
check("bob reads", ask("GET", "/items", bob) == (200, {"reader": "bob"}))
check("bob may not write", ask("POST", "/items", bob)[0] == 403)
head, claims, signature = alice.split(".")
unsigned = "eyJhbGciOiJub25lIn0." + claims + "."
check("an unsigned token is 401", ask("GET", "/me", unsigned)[0] == 401)
check("a token with bob's claims and alice's signature is 401",
      ask("GET", "/me", f"{head}.{bob.split('.')[1]}.{signature}")[0] == 401)
rotate()
check("after a rotation a new token passes", ask("POST", "/items", sign_in("alice"))[0] == 201)
check("and the older one too", ask("POST", "/items", alice)[0] == 201)
basic = httpx.post(f"{URL}/token", data={"grant_type": "client_credentials"}, auth=("items-api", SECRETS["items-api"]))
own = basic.raise_for_status().json()["access_token"]
check("a client's own token passes", ask("GET", "/me", own) == (200, {"user": "items-api"}), ask("GET", "/me", own))
server.should_exit = True
