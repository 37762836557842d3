"""Servers that take the same webhooks."""

import contextlib
import re
import urllib.error
from dataclasses import dataclass
from typing import Callable

from ..exporter import page
from ..stand import Program, eventually, free_port

NGINX = """
worker_processes 1; daemon off; pid {directory}/nginx.pid; error_log {directory}/nginx.err;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 100000000; client_body_buffer_size 16k;
  client_body_temp_path {directory}/nginx; proxy_temp_path {directory}/nginx; fastcgi_temp_path {directory}/nginx;
  uwsgi_temp_path {directory}/nginx; scgi_temp_path {directory}/nginx;
  server {{
    listen 127.0.0.1:{port} backlog=4096 reuseport;
    location / {{ return 204; }}
    location = /status {{ stub_status; }}
  }}
}}
"""


@dataclass
class Rival:
    program: Program
    port: int
    counted: Callable


def answers(port, path):
    try:
        return page(port, path)
    except (urllib.error.URLError, OSError):
        return ""


@contextlib.contextmanager
def nginx(stand):
    """It counts requests, of its own status too."""
    port, asked, config = free_port(), [0], stand.directory / "nginx.conf"
    config.write_text(NGINX.format(directory=stand.directory, port=port), encoding="utf-8")

    def counted():
        asked[0] += 1
        return int(re.search(r"^\s*\d+ \d+ (\d+)", page(port, "/status"), re.MULTILINE)[1]) - asked[0]

    with stand.start(["/usr/sbin/nginx", "-c", config, "-p", stand.directory, "-e", stand.directory / "nginx.err"]) as program:
        while_it_starts = eventually("nginx listens", lambda: answers(port, "/status") or asked.__setitem__(0, 0))
        asked[0] = int(re.search(r"^\s*\d+ \d+ (\d+)", while_it_starts, re.MULTILINE)[1])
        yield Rival(program, port, counted)


def total(port):
    return int(sum(float(value) for value in re.findall(r"^telephony_errors_total\{.*\} (\S+)$", page(port), re.MULTILINE)))


@contextlib.contextmanager
def client_library(stand, arguments, **environment):
    """One that counts with the client library of its language, and has a page of metrics on the same port."""
    port = free_port()
    with stand.start([*arguments, port], environment=environment) as program:
        eventually(f"{arguments[0]} listens", lambda: answers(port, "/metrics"))
        yield Rival(program, port, lambda: total(port))


def go(stand):
    return client_library(stand, [stand.root / "build/bench/go_webhook"], GOMAXPROCS="1")


def fastify(stand):
    return client_library(stand, ["node", stand.root / "build/bench/node/server.js"], NODE_ENV="production")


RIVALS = {"nginx `return 204`": nginx, "Go net/http + client_golang": go, "Node fastify + prom-client": fastify}
