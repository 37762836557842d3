"""What the demo shows: lines that stay, a line of progress below them, and alerts as they arrive."""

import http.server
import json
import sys
import textwrap
import threading


class Terminal:
    """Prints from several threads; the line of progress is for terminals only."""

    def __init__(self, out=sys.stdout):
        self.out, self.live, self.lock, self.progress = out, out.isatty(), threading.Lock(), ""

    def colour(self, text, number):
        return f"\033[{number}m{text}\033[0m" if self.live else text

    def say(self, text=""):
        with self.lock:
            self.out.write(("\r\033[K" if self.live else "") + text + "\n" + (self.progress if self.live else ""))
            self.out.flush()

    def show(self, progress):
        if not self.live:
            return
        with self.lock:
            self.progress = "\r\033[K" + progress
            self.out.write(self.progress)
            self.out.flush()

    def clear(self):
        with self.lock:
            self.out.write("\r\033[K" if self.live else "")
            self.progress = ""


def _paragraph(label, text):
    return textwrap.fill(text, 100, initial_indent=f"       {label:<11}", subsequent_indent=" " * 18)


def alert_text(alert, terminal):
    """An alert as people read it."""
    labels, notes = alert.get("labels", {}), alert.get("annotations", {})
    severity = labels.get("severity", "none")
    firing = alert.get("status") == "firing"
    red = 31 if severity == "critical" else 33
    lines = [terminal.colour("ALERT  " if firing else "SOLVED ", red if firing else 32)
             + f"{labels.get('alertname', '?')}  [{severity}]"]
    where = [labels[name] for name in ("provider", "product", "account", "code", "reason") if labels.get(name)]
    summary = notes.get("summary") or " ".join(where)
    if summary:
        lines.append(_paragraph("", summary))
    if firing:
        lines += [_paragraph(label, notes[name])
                  for label, name in (("", "message"), ("What to do", "remedy"), ("Runbook", "runbook_url")) if notes.get(name)]
    return "\n".join(lines)


class Receiver:
    """Alertmanager's webhook: prints each alert when it begins and when it ends."""

    def __init__(self, terminal):
        seen = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                for alert in json.loads(body).get("alerts", []):
                    if seen.get(alert.get("fingerprint")) != alert.get("status"):
                        seen[alert.get("fingerprint")] = alert.get("status")
                        terminal.say(alert_text(alert, terminal))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
