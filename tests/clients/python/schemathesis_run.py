"""Schemathesis over /openapi.json: no 5xx, and every answer is one that the description promises."""

import base64
import subprocess
import sys
from pathlib import Path

import httpx

from issuer import PASSWORDS, SECRETS, URL, check

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")

# Some forms are right only together with what was asked before, or with who asks: no description says that.
CONFIG = """
headers = {{ Authorization = "Bearer {token}" }}

[[operations]]
include-path = ["/token", "/introspect", "/revoke"]
headers = {{ Authorization = "Basic {basic}" }}
checks.positive_data_acceptance.enabled = false

[[operations]]
include-path = "/2fa/enable"
checks.positive_data_acceptance.enabled = false
"""


def run(what, username, *arguments):
    form = {"grant_type": "password", "username": username, "password": PASSWORDS[username]}
    token = httpx.post(f"{URL}/token", data=form).raise_for_status().json()["access_token"]
    basic = base64.b64encode(f"items-api:{SECRETS['items-api']}".encode()).decode()
    config = Path("config.toml")
    config.write_text(CONFIG.format(token=token, basic=basic))
    command = [SCHEMATHESIS, "--config-file", config, "run", f"{URL}/openapi.json", "--seed", "1"]
    done = subprocess.run([*command, "--no-color", "--max-examples", "50", *arguments], stdin=subprocess.DEVNULL)
    check(what, done.returncode == 0)


run("all endpoints answer as described", "alice", "--exclude-path", "/logout")
# Alice is locked after so many wrong codes.
run("and so does the one that ends the session", "bob", "--include-path", "/logout")
