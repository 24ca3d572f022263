"""A participant in thirty lines: joins a workshop, gives scores, says that it is ready, until the workshop ends.

python workshop_bot.py http://127.0.0.1:5006 ABC234 "Robin" 2
"""

import json
import sys
import time
import urllib.error
import urllib.request

base, code, name, pause = sys.argv[1], sys.argv[2], sys.argv[3], float(sys.argv[4])
workshop = f"{base}/api/v1/workshops/{code}"
headers = {"Content-Type": "application/json"}


def ask(method, path, body=None):
    data = json.dumps(body).encode() if body is not None else None
    with urllib.request.urlopen(urllib.request.Request(workshop + path, data, headers, method=method)) as answer:
        return json.loads(answer.read() or b"null")


def move(kind, **given):
    return ask("POST", "/moves", {"move": kind, "version": now["version"], **given})


me = ask("POST", "/participants", {"name": name})
headers["Authorization"] = f"Bearer {me['token']}"
while (screen := ask("GET", "/screen"))["workshop"]["state"] != "completed":
    now, mine = screen["workshop"], screen["me"]
    try:
        if now["stage"] == "awaiting" and mine["my_score"] is None:
            move("submit", question=now["current_question"], value=1)
        elif now["stage"] != "awaiting" and not mine["ready"]:
            move("ready")
    except urllib.error.HTTPError as refused:
        if refused.code != 409:  # 409: the workshop has moved on meanwhile; look again
            raise
    time.sleep(pause)
print(f"{name}: the workshop is over.")
