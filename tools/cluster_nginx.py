"""The load balancer of a local cluster: nginx as Debian ships it, with a configuration made for the nodes at hand.

A browser keeps its node for pages by a cookie of the balancer's own, since a page and its line belong together; sockets
and REST go to whichever node has the fewest connections. A node that does not answer is left out for a few seconds, and
what it did not take goes to another.
"""

from __future__ import annotations

import os
import pwd
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from tools.cluster_parts import ClusterError, Part

SYSTEM = "/usr/sbin:/usr/local/sbin"
"""Where it is, though these may not be on the path of who is no administrator."""
READY = re.compile(r"start worker process \d+")
COOKIE = "tandem_route"
CONFIGURATION = """\
daemon off;
pid {folder}/nginx.pid;
error_log stderr notice;
worker_processes 1;
worker_rlimit_nofile {files};
{user}
events {{ worker_connections {connections}; }}
http {{
  access_log off;
  server_tokens off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;

  map $http_upgrade $connection_header {{ default upgrade; '' ''; }}
  map $cookie_{cookie} $route {{ '' $request_id; default $cookie_{cookie}; }}
  map $cookie_{cookie} $set_route {{ '' '{cookie}=$request_id; Path=/; HttpOnly; SameSite=Lax'; default ''; }}

  upstream pages {{
    hash $route consistent;
{servers}
  }}
  upstream anybody {{
    least_conn;
{servers}
  }}

  proxy_http_version 1.1;
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection $connection_header;
  proxy_connect_timeout 2s;
  proxy_read_timeout 75s;
  proxy_send_timeout 75s;
  proxy_next_upstream error timeout;
  proxy_buffers 16 16k;
  client_max_body_size 8m;

  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location /socket/ {{ proxy_pass http://anybody; }}
    location /api/ {{ proxy_pass http://anybody; }}
    location / {{
      add_header Set-Cookie $set_route;
      proxy_pass http://pages;
    }}
  }}
}}
"""


def program(places: str | None = None) -> str:
    """Where nginx is; a sentence for whoever lacks it."""
    found = shutil.which("nginx", path=places or os.pathsep.join((os.environ.get("PATH", ""), SYSTEM)))
    if found is None:
        raise ClusterError(
            "nginx is missing, which balances the load: install Debian's package `nginx-light` (or `nginx`)."
        )
    return found


def configuration(folder: Path, port: int, nodes: Sequence[int], connections: int = 16_384) -> str:
    """What nginx is told: where to listen, and the nodes' ports."""
    me = pwd.getpwuid(os.getuid()).pw_name
    return CONFIGURATION.format(
        folder=folder,
        port=port,
        cookie=COOKIE,
        connections=connections,
        files=2 * connections + 64,
        # Only root may name the user of its workers, who must be able to write the folders above.
        user=f"user {me};" if os.getuid() == 0 else "",
        servers="\n".join(f"    server 127.0.0.1:{node} max_fails=1 fail_timeout=3s;" for node in nodes),
    )


def balancer(folder: Path, port: int, nodes: Sequence[int]) -> Part:
    """The part, ready to start."""
    command = [program(), "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    (folder / "nginx.conf").write_text(configuration(folder, port, nodes))
    return Part("nginx", command, READY, folder / "nginx.log")
