#!/usr/bin/env python3
"""From a webhook to a notification, with the real exporter, Prometheus and Alertmanager, and the shipped rules.

One Prometheus and one Alertmanager serve all cases, because most of the time goes into waiting for an alert to end. The
shipped Alertmanager configuration is used with short intervals and with a webhook on loopback beside each receiver.
"""

import contextlib
import datetime
import email
import json
import pathlib
import sys
import tempfile
import urllib.parse

from configurations import alertmanager_configuration, prometheus_configuration
from programs import eventually, exporter, free_port, get, post, running
from receivers import MailServer, Webhook, serve

ALERT = "TelephonyTrunkCapacityExceeded"
# The alert is about the last three minutes.
RESOLVED_DEADLINE = 180 + 120


def trunk_capacity_exceeded(session, account):
    return {"payload": {"sessionId": session, "subAccountId": account, "sessionStatus": "ERROR",
                        "errorDetails": {"errorCode": -2010}}}


class World:
    """What the cases share."""

    def __init__(self, prometheus, alertmanager, webhook, mail):
        self.prometheus, self.alertmanager = prometheus, alertmanager
        self.webhook, self.mail = webhook, mail

    def query(self, expression):
        query = urllib.parse.urlencode({"query": expression})
        answer = get(f"http://127.0.0.1:{self.prometheus}/api/v1/query?{query}")
        return json.loads(answer)["data"]["result"] if answer else []

    def value(self, expression):
        result = self.query(expression)
        return float(result[0]["value"][1]) if len(result) == 1 else None

    def notified(self, account, status="firing", deadline=60):
        def found():
            for receiver, alert in self.webhook.alerts():
                if alert["labels"].get("account") == account and alert["status"] == status:
                    return receiver, alert

        return eventually(f"{status} notification of account {account}", found, deadline)


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def first_event_ever(world, web, ingest):
    errors = f'telephony_errors_total{{code="-2010",product="number_masking",instance="127.0.0.1:{web}"}}'
    eventually("the series is there before its first event",
               lambda: (world.value(f"count_over_time({errors}[1h])") or 0) >= 2)
    expect(world.value(errors) == 0, "the counter begins at 0")
    post(f"http://127.0.0.1:{ingest}/webhooks/8x8/number-masking", trunk_capacity_exceeded("first", "acme_first"))
    receiver, alert = world.notified("acme_first")
    labels, annotations = alert["labels"], alert["annotations"]
    expect(receiver == "ticket-8x8", f"a warning about 8x8 goes to its people, not to {receiver}")
    expect(labels["alertname"] == ALERT and labels["severity"] == "warning", labels)
    expect(annotations["message"] == "The trunk capacity has been exceeded", annotations)
    expect("Slow down or queue new calls" in annotations["remedy"], annotations)
    expect(annotations["dashboard"] == "/d/telephony-provider?var-provider=8x8&var-product=number_masking"
           "&var-account=acme_first", annotations)
    expect(annotations["runbook_url"] == f"docs/runbooks/{ALERT}.md", annotations)
    mail = eventually("a mail", lambda: next((mail for mail in world.mail.mails if "acme_first" in mail), None))
    message = email.message_from_string(mail)
    parts = [part for part in message.walk() if part.get_content_type() == "text/plain"]
    text = " ".join(parts[0].get_payload(decode=True).decode().split())
    for line in (f"{ALERT} 8x8 number_masking", "The provider says: The trunk capacity has been exceeded",
                 "What to do: Slow down or queue new calls", "Dashboard: http://localhost:3000/d/telephony-provider?",
                 f"Runbook: docs/runbooks/{ALERT}.md"):
        expect(line in f"{message['Subject']} {text}", f"the mail does not say '{line}': {text}")


def event_after_a_restart(world, web, ingest):
    """The counter goes on where it was; one more event raises the alert for its account at once."""
    post(f"http://127.0.0.1:{ingest}/webhooks/8x8/number-masking", trunk_capacity_exceeded("second", "acme_again"))
    world.notified("acme_again")
    errors = f'telephony_errors_total{{code="-2010",product="number_masking",instance="127.0.0.1:{web}"}}'
    expect(world.value(errors) == 2, "the counter outlives the restart")


def event_before_the_first_scrape(world, web):
    """Prometheus never sees the counter at 0: only the timestamp tells that this is new."""
    world.notified("acme_unseen")
    errors = f'telephony_errors_total{{code="-2010",product="voice",instance="127.0.0.1:{web}"}}'
    expect(world.value(f"min_over_time({errors}[1h])") == 1, "the counter was never seen at 0")


def info_pages_nobody(world, ingest):
    """A busy callee is counted; that nobody hears of it is checked when all is over."""
    body = {"call": {"call_id": "busy", "status": "busy"}, "error_message": "Telephony - 486 - Busy Here"}
    post(f"http://127.0.0.1:{ingest}/webhooks/synthflow", body)
    eventually("the normal ending is seen", lambda: world.value(
        'sum(telephony_errors_total{severity="info",provider="synthflow"})'))


def every_rule_ran_after(world, instant):
    groups = json.loads(get(f"http://127.0.0.1:{world.prometheus}/api/v1/rules"))["data"]["groups"]
    times = [datetime.datetime.fromisoformat(group["lastEvaluation"][:19] + "+00:00") for group in groups]
    expect(all(rule["health"] != "err" for group in groups for rule in group["rules"]), groups)
    return bool(times) and min(times).timestamp() > instant


def inhibition(world):
    """Alerts of a made-up provider, straight to Alertmanager: what is critical mutes what it explains, and no more."""
    def alert(name, **labels):
        labels = {"alertname": name, "provider": "examplecom", "product": "voice", **labels}
        return {"labels": {key: value for key, value in labels.items() if value}}

    alerts = [
        alert("Sustained", severity="critical", category="capacity", scope="code"),
        alert("SameCategory", severity="warning", category="capacity", scope="code"),
        alert("OtherCategory", severity="warning", category="media", scope="code"),
        alert("Wide", severity="critical", scope="provider", product="sms"),
        alert("CodeOfWide", severity="warning", category="media", scope="code", product="sms"),
        alert("CriticalCodeOfWide", severity="critical", category="media", scope="code", product="sms"),
        alert("OtherProvider", severity="warning", category="capacity", scope="code", provider="example.org"),
        alert("Journal", severity="critical", job="j", instance="i", provider="", product=""),
        alert("SourceOfIt", severity="warning", job="j", instance="i", provider="", product=""),
        alert("OtherInstance", severity="warning", job="j", instance="k", provider="", product=""),
    ]
    post(f"http://127.0.0.1:{world.alertmanager}/api/v2/alerts", alerts)
    names = {alert["labels"]["alertname"] for alert in alerts}

    def told():
        known = json.loads(get(f"http://127.0.0.1:{world.alertmanager}/api/v2/alerts"))
        status = {one["labels"]["alertname"]: one["status"] for one in known if one["labels"]["alertname"] in names}
        done = len(status) == len(names) and all(one["state"] != "unprocessed" for one in status.values())
        return {name for name, one in status.items() if one["inhibitedBy"]} if done else None

    muted = {"SameCategory", "CodeOfWide", "SourceOfIt"}
    eventually(f"exactly {sorted(muted)} are muted", lambda: told() == muted)
    return names


def nobody_else_was_told(world, made_up):
    eventually("the watchdog's notification", lambda: world.webhook.alerts("dead-mans-switch"))
    for receiver, alert in world.webhook.alerts():
        labels = alert["labels"]
        expected = {"Watchdog": {"dead-mans-switch"}, ALERT: {"ticket-8x8"}}.get(labels["alertname"], set())
        expect(receiver in expected or labels["alertname"] in made_up, f"{receiver} was told of {labels}")


def run(binary, root, directory, started):
    webhook, mail = serve(Webhook()), serve(MailServer())
    first, second, prometheus, alertmanager = (free_port() for _ in range(4))
    am = alertmanager_configuration(root, directory, webhook.server_address[1], mail.server_address[1])
    started.enter_context(running(
        ["prometheus-alertmanager", f"--config.file={am}", f"--storage.path={directory}/alertmanager",
         f"--web.listen-address=127.0.0.1:{alertmanager}", "--cluster.listen-address=", "--log.level=warn"], directory))
    pm = prometheus_configuration(root, directory, [first, second], alertmanager)
    started.enter_context(running(
        ["prometheus", f"--config.file={pm}", f"--storage.tsdb.path={directory}/prometheus",
         f"--web.listen-address=127.0.0.1:{prometheus}", "--log.level=warn"], directory))
    world = World(prometheus, alertmanager, webhook, mail)

    journal = directory / "first.db"
    with exporter(binary, root, directory, journal, first) as (web, ingest):
        first_event_ever(world, web, ingest)
    _, ingest = started.enter_context(exporter(binary, root, directory, journal, first))
    event_after_a_restart(world, first, ingest)

    journal = directory / "second.db"
    with exporter(binary, root, directory, journal) as (_, unseen):
        post(f"http://127.0.0.1:{unseen}/webhooks/8x8/voice", trunk_capacity_exceeded("unseen", "acme_unseen"))
    started.enter_context(exporter(binary, root, directory, journal, second))
    event_before_the_first_scrape(world, second)

    info_pages_nobody(world, ingest)
    made_up = inhibition(world)
    for account in ("acme_first", "acme_again", "acme_unseen"):
        world.notified(account, "resolved", RESOLVED_DEADLINE)
    now = datetime.datetime.now(datetime.timezone.utc).timestamp()
    eventually("every rule was evaluated since", lambda: every_rule_ran_after(world, now))
    nobody_else_was_told(world, made_up)


def main():
    with tempfile.TemporaryDirectory() as directory, contextlib.ExitStack() as started:
        run(sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), pathlib.Path(directory), started)


if __name__ == "__main__":
    main()
