"""telephony-exporter: is what we count whole, and is the exporter itself well."""

from boards import board
from panels import PLAIN, RESULTS, Column, last, links, query, rows, runbook, series, stat, table
from queries import JOB

ME = "{{instance}}"
YES = [{"type": "value", "options": {"0": {"text": "no", "color": "red", "index": 0},
                                     "1": {"text": "yes", "color": "green", "index": 1}}}]
GOOD = [("red", None), ("green", 1)]


def metric(name, where=""):
    return f"{name}{{{JOB}{',' if where else ''}{where}}}"


def exporter(name, where=""):
    return metric(f"telephony_exporter_{name}", where)


def rate(by, name, where=""):
    return f"sum by ({by}) (rate({exporter(name, where)}[$__rate_interval]))"


def tiles():
    received = f"sum(rate({exporter('events_received_total')}[$__rate_interval]))"
    rejected = f"sum(rate({exporter('rejected_total')}[$__rate_interval]))"
    return (4,
            (3, stat("Scraped", "Whether Prometheus reaches every exporter.", last(f"min({metric('up')})"), "bool", GOOD,
                     mappings=YES, links=links(runbook("TelephonyExporterDown")))),
            (3, stat("Journal", "Whether the journal can commit. When it cannot, senders get 503 and come again.",
                     last(f"min({exporter('journal_healthy')})"), "bool", GOOD, mappings=YES,
                     links=links(runbook("TelephonyJournalFailing")))),
            (3, stat("Last reload", "Whether it went well. When not, the configuration before it is in force.",
                     last(f"min({exporter('config_last_reload_successful')})"), "bool", GOOD, mappings=YES,
                     links=links(runbook("TelephonyConfigReloadFailed")))),
            (3, stat("Sources", "Whether all sources are up. One is down when one of its files cannot be read.",
                     last(f"min({exporter('source_up')})"), "bool", GOOD, mappings=YES,
                     links=links(runbook("TelephonySourceDown")))),
            (3, stat("Events", "Events and lines a second that come in.", query(received), "cps", decimals=1)),
            (3, stat("Rejected", "The share of events that are refused.", query(f"{rejected} / ({received} > 0)"), "percentunit",
                     [("green", None), ("orange", 0.001), ("red", 0.05)], decimals=1,
                     links=links(runbook("TelephonyAuthenticationFailures")))),
            (3, stat("Waiting", "Events that wait for a commit.", query(f"sum({exporter('queue_events')})"), "short",
                     [("green", None), ("orange", 1000)], decimals=0)),
            (3, stat("Started", "When an exporter last started.", last(f"1000 * max({metric('process_start_time_seconds')})"),
                     "dateTimeFromNow", PLAIN)))


def sources():
    def count(result):
        return rows(f'sum by (source) (increase({exporter("events_total", f"result={chr(34)}{result}{chr(34)}")}[$__range]))')

    number = {"unit": "locale", "decimals": 0}
    return table(
        "Sources in this period", "Received is the sum of counted, duplicate, ignored and rejected. Lag is that of log files; a "
        "webhook has none.",
        [rows(f"sum by (source) (increase({exporter('events_received_total')}[$__range]))"),
         *(count(result) for result in RESULTS),
         rows(f"min by (source) ({exporter('source_up')})"), rows(f"max by (source) ({exporter('source_lag_seconds')})")],
        [Column("source", "Source"), Column("Value #A", "Received", 110, **number), Column("Value #B", "Counted", 110, **number),
         Column("Value #C", "Duplicate", 110, **number), Column("Value #D", "Ignored", 110, **number),
         Column("Value #E", "Rejected", 110, **number, custom__cellOptions={"type": "color-text"},
                thresholds={"mode": "absolute", "steps": [{"color": "text", "value": None}, {"color": "red", "value": 0.5}]}),
         Column("Value #F", "Up", 80, mappings=YES, custom__cellOptions={"type": "color-text"}),
         Column("Value #G", "Lag", 100, unit="s")], "Received")


def ingest():
    return [
        (8, (8, series("Received", "Events and lines that came in, by source.",
                       [query(rate("source", "events_received_total"), "{{source}}")], stack=True)),
            (8, series("What became of them", "Each ends as exactly one of the four.",
                       [query(rate("result", "events_total"), "{{result}}")], stack=True, colours=RESULTS)),
            (8, series("Rejected by cause", "Nothing of what is rejected is counted. docs/metrics.md explains the causes.",
                       [query(rate("source, cause", "rejected_total") + " > 0", "{{source}} {{cause}}")], stack=True))),
        (7, (8, series("Duplicates", "Deliveries that were repeated, and recognised.",
                       [query(rate("source", "events_total", 'result="duplicate"') + " > 0", "{{source}}")], stack=True)),
            (8, series("Unlisted codes", "Counted errors whose code no catalog lists; /api/v1/unlisted shows which.",
                       [query(rate("provider", "unlisted_codes_total", 'provider=~"$provider"') + " > 0", "{{provider}}")],
                       stack=True)),
            (8, series("HTTP replies", "By listener and status.",
                       [query(rate("listener, code", "http_requests_total"), "{{listener}} {{code}}")]))),
    ]


def journal():
    seconds = f"sum by (instance) (rate({exporter('journal_commit_seconds_sum')}[$__rate_interval]))"
    count = f"sum by (instance) (rate({exporter('journal_commit_seconds_count')}[$__rate_interval]))"
    return [
        (7, (6, series("Time of a commit", "The mean. Senders wait for it.", [query(f"{seconds} / ({count} > 0)", ME)], "s")),
            (6, series("Commits", "What arrives during one commit shares the next.",
                       [query(rate("instance", "journal_commits_total"), ME)])),
            (6, series("Waiting events", "Beyond the limit, senders get 503.", [query(exporter("queue_events"), ME)], "short")),
            (6, series("Size of the journal", "On disk.", [query(exporter("journal_bytes"), ME)], "bytes"))),
        (7, (6, series("Remembered ids", "Events of which a repeated delivery would be recognised.",
                       [query(exporter("dedup_keys"), ME)], "short")),
            (6, series("How far back", "The age of the oldest of them. It should be more than providers take to give up.",
                       [query(exporter("dedup_window_seconds"), ME)], "s")),
            (6, series("Accounts", "Accounts with series of their own. Beyond the budget they share 'other'.",
                       [query(exporter("accounts"), ME)], "short")),
            (6, series("Folded accounts", "Events whose account was counted as 'other'.",
                       [query(rate("instance", "accounts_folded_total"), ME)]))),
    ]


def files():
    return [
        (7, (8, series("Lag", "How long the oldest input of a source has waited.",
                       [query(exporter("source_lag_seconds"), "{{source}}")], "s")),
            (8, series("Lag in bytes", "How much of a source's input waits.",
                       [query(exporter("source_lag_bytes"), "{{source}}")], "bytes")),
            (8, series("Truncations", "Files that were emptied or written anew while they were followed.",
                       [query(rate("source", "source_truncations_total"), "{{source}}")]))),
    ]


def process():
    return [
        (7, (6, series("Time of a scrape", "As Prometheus measures it.", [query(metric("scrape_duration_seconds"), ME)], "s")),
            (6, series("Samples of a scrape", "How many series there are.",
                       [query(metric("scrape_samples_scraped"), ME)], "short")),
            (4, series("CPU", "Cores in use.",
                       [query(f"rate({metric('process_cpu_seconds_total')}[$__rate_interval])", ME)], "percentunit")),
            (4, series("Memory", "Resident.", [query(metric("process_resident_memory_bytes"), ME)], "bytes")),
            (4, series("Open files", "Connections and files.", [query(metric("process_open_fds"), ME)], "short"))),
    ]


def versions():
    return table("Versions", "Which exporters there are.",
                 [rows(f"group by (instance, job, version, compiler) ({exporter('build_info')})")],
                 [Column("instance", "Instance"), Column("job", "Job"), Column("version", "Version"),
                  Column("compiler", "Compiler")], "Instance")


def dashboard():
    return board("telephony-exporter", "Telephony / Exporter", "Is what we count whole, and is the exporter itself well?", [
        tiles(), (8, (24, sources())), "Ingest", *ingest(), "Journal", *journal(), "Log files", *files(),
        "Process and scrapes", *process(), (4, (24, versions()))], hidden=("product", "account"))
