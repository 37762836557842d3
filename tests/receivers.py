"""What notifications go to in a test: a webhook and a mail server on loopback ports, which keep what they get."""

import http.server
import json
import socketserver
import threading


class Webhook(http.server.ThreadingHTTPServer):
    """Keeps the notifications by the receiver whose name is the path."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), WebhookRequest)
        self.notifications = []

    def alerts(self, receiver=None):
        """(receiver, alert) of all that came, in order."""
        return [(name, alert) for name, body in list(self.notifications)
                for alert in body["alerts"] if receiver in (None, name)]


class WebhookRequest(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.notifications.append((self.path.lstrip("/"), body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class MailServer(socketserver.ThreadingTCPServer):
    """As much SMTP as a mail needs that is sent to it."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), MailSession)
        self.mails = []


class MailSession(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("220 ready")
        for line in self.rfile:
            verb = line.split(None, 1)[0].upper() if line.strip() else b""
            if verb == b"DATA":
                self.say("354 go on")
                self.server.mails.append("".join(self.text()))
                self.say("250 kept")
            elif verb == b"QUIT":
                return self.say("221 bye")
            else:
                self.say("250 ok")

    def text(self):
        for line in self.rfile:
            if line.rstrip(b"\r\n") == b".":
                return
            yield line.decode().replace("\r\n", "\n")

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


def serve(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
