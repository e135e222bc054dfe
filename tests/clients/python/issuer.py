"""What every script here needs: where the issuer is, who may sign in, and how to say what was found.

A script reads one JSON object from standard input: `url`, `users` and `clients`, as in the ready line of `twb serve
--json`. Where it prints `rotate`, whoever started it rotates the signing key and answers with a line.
"""

import faulthandler
import json
import sys

# A script that hangs should say where.
faulthandler.dump_traceback_later(300, exit=True)

READY = json.loads(sys.stdin.readline())
URL = READY["url"]
PASSWORDS = {user["username"]: user["password"] for user in READY["users"]}
SECRETS = {client["client_id"]: client.get("client_secret") for client in READY["clients"]}


def check(what, holds, *shown):
    """Says what was checked. Ends the script if it does not hold."""
    print("ok" if holds else "DIFFERS", what, *([] if holds else shown), flush=True)
    if not holds:
        sys.exit(1)


def refused(what, kind, action, *words):
    """Checks that an action raises an error of this kind that contains these words."""
    try:
        answer = action()
    except kind as error:
        check(what, all(word in str(error) for word in words), repr(error))
    else:
        check(what, False, "was not refused", answer)


def rotate():
    """Has the signing key rotated."""
    print("rotate", flush=True)
    sys.stdin.readline()
