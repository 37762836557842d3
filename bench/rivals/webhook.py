"""Servers that take the same webhooks."""

import contextlib
import itertools
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
    """It counts requests. Only differences matter, so those of its status are told apart from the first count on."""
    port, asked, config = free_port(), itertools.count(1), stand.directory / "nginx.conf"
    config.write_text(NGINX.format(directory=stand.directory, port=port), encoding="utf-8")

    def counted():
        return int(re.search(r"^\s*\d+ \d+ (\d+)", page(port, "/status"), re.MULTILINE)[1]) - next(asked)

    with stand.start(["/usr/sbin/nginx", "-c", config, "-p", stand.directory, "-e", stand.directory / "nginx.err"]) as program:
        eventually("nginx listens", lambda: answers(port, "/status"))
        yield Rival(program, port, counted)


@contextlib.contextmanager
def floor(stand, status=204, text="", size=0, file=""):
    """The least that a server with such answers can do; see floor.cc."""
    port = free_port()
    arguments = [f"port={port}", f"status={status}", f"text={text}", f"bytes={size}", f"file={file}"]
    with stand.start([stand.tool("bench/floor"), *arguments]) as program:
        eventually("the floor listens", lambda: answers(port, "/count"))
        yield Rival(program, port, lambda: int(page(port, "/count")))


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


RIVALS = {"the floor": floor, "nginx `return 204`": nginx, "Go net/http + client_golang": go, "Node fastify + prom-client": fastify}
