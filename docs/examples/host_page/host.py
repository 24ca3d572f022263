"""A host platform in little: its page, and the token that its server asks for. The API key never leaves this file.

TANDEM=http://127.0.0.1:5006 TANDEM_API_KEY=… python docs/examples/host_page/host.py 8000
"""

import json
import os
import sys
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TANDEM, KEY, HERE = os.environ["TANDEM"], os.environ["TANDEM_API_KEY"], Path(__file__).parent
TYPES = {".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


def signed_in(cookie: str) -> dict[str, str]:
    """Who uses this page, as your platform knows it. Here a cookie says; yours is your own sign-in."""
    name = cookie.partition("pupil=")[2].partition(";")[0] or "Lena"
    return {"external_id": f"pupil-{name.lower()}", "name": f"{name} Fischer", "age_band": "18_plus", "cohort": "blue"}


class Host(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = HERE / {"/": "index.html", "/renew.js": "renew.js"}.get(self.path, "none")
        if page.is_file():
            self.answer(page.read_text("utf-8").replace("{{tandem}}", TANDEM), TYPES[page.suffix])
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        person = json.dumps(signed_in(self.headers.get("Cookie", ""))).encode()
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
        with urllib.request.urlopen(urllib.request.Request(f"{TANDEM}/api/v1/tokens", person, headers)) as given:
            self.answer(json.load(given)["token"], "text/plain")

    def answer(self, text: str, kind: str) -> None:
        self.send_response(200)
        for name, value in {"Content-Type": kind, "Cache-Control": "no-store"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: requests hold no news."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Host)
    print(f"The host's page: http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
