"""telephony-overview: are we fine, and if not, what is it and what to do."""

import queries as q
from boards import board
from panels import (COLOURS, GOOD_IS_HIGH, OUTCOMES, PLAIN, Column, code_column, last, links, provider_column, query, rows,
                    runbook, series, severity_column, stat, table, text_column)
from trunks import trunks

BAD_AT_ONCE = [("green", None), ("red", 1)]
WARN_AT_ONCE = [("green", None), ("orange", 1)]
RATIO_STEPS = [("green", None), ("orange", 0.02), ("red", 0.05)]
AGO = {"unit": "s", "decimals": 0}
COUNT = {"unit": "locale", "decimals": 0}
PRODUCT = Column("product", "Product", 132)


def refused(where):
    return f"sum(round(increase(telephony_errors_total{{{q.PRODUCT},{where}}}[{q.NOW}])))"


def tiles():
    return (4,
            (4, stat("Trunk full (-2010)", "Sessions of the last 5 minutes that were refused because the capacity of a "
                     "trunk was exceeded. The table below says which one. It should be 0.",
                     last(refused('reason="trunk_capacity_exceeded"')), "locale", steps=BAD_AT_ONCE, decimals=0,
                     links=links(runbook("TelephonyTrunkCapacityExceeded"), runbook("TelephonyTrunkCapacitySustained")))),
            (4, stat("Errors per session", "Errors that are no normal endings, per finished session. Two of a hundred are the "
                     "budget of the alerts.", query(q.ALL.error_ratio()), "percentunit", RATIO_STEPS, decimals=1,
                     links=links(runbook("TelephonyErrorBudgetBurn"), runbook("TelephonyErrorRateAnomaly")))),
            (3, stat("ASR", "Answer-seizure ratio: answered calls of all calls (ITU-T E.425). It falls with people who do not "
                     "answer, too.", query(q.ALL.answer_seizure_ratio()), "percentunit", GOOD_IS_HIGH, decimals=1)),
            (3, stat("NER", "Network effectiveness ratio: calls that were answered, or that a user ended by being busy, absent "
                     "or unwilling, of all calls (ITU-T E.425). It falls with faults alone.",
                     query(q.ALL.network_effectiveness_ratio()), "percentunit",
                     [("red", None), ("orange", 0.9), ("green", 0.95)], decimals=1)),
            (4, stat("Critical errors", "Errors of the last 5 minutes with severity critical: trouble that hits every call.",
                     last(refused('severity="critical"')), "locale", steps=BAD_AT_ONCE, decimals=0)),
            (3, stat("Unlisted", "Errors in the last 5 minutes with a code that no catalog lists.",
                     last(refused('code="unlisted"')), "locale", steps=WARN_AT_ONCE, decimals=0,
                     links=links(runbook("TelephonyCodeUnlisted"), ("Which codes", "${exporter}/api/v1/unlisted")))),
            (3, stat("Exporters up", "Exporters that Prometheus can scrape, of all that it should.",
                     last(f"avg(up{{{q.JOB}}})"), "percentunit", [("red", None), ("orange", 0.5), ("green", 1)], decimals=0,
                     links=links(runbook("TelephonyExporterDown")))))


def full_now():
    return {**table(
        "Full now: who hit a limit in the last 5 minutes, and what to do",
        "Errors of the category capacity, by account where the provider names one; how long ago the last one came, and how long "
        "to wait before the next attempt. Empty is good.",
        [rows(q.full_now()), rows(q.full_now_refused()), rows(q.full_now_wait())],
        [provider_column(), PRODUCT, Column("account", "Account", 140), code_column(),
         Column("reason", "Reason", 200),
         Column("Value #B", "Refused", 80, **COUNT, custom__cellOptions={"type": "color-text"},
                color={"mode": "fixed", "fixedColor": "red"}),
         Column("Value #A", "Ago", 70, **AGO), Column("Value #C", "Wait", 70, **AGO),
         text_column("remedy", "What to do")], "Refused"),
        "links": links(runbook("TelephonyTrunkCapacityExceeded"), runbook("TelephonyTrunkCapacitySustained"),
                       runbook("TelephonyCapacityErrors"))}


def top_codes():
    return table(
        "What went wrong in this period", "The ten codes that came most, without normal endings: what the provider says, and "
        "what to do about it. A click on a code explains it.",
        [rows(q.top_codes(10))],
        [severity_column(), provider_column(), PRODUCT, code_column(), Column("reason", "Reason", 210),
         Column("Value", "Count", 70, **COUNT), text_column("message", "The provider says", 270),
         text_column("remedy", "What to do")], "Count")


def retry_hints():
    seen = q.seen_last_hour()
    known = f"and on ({q.CODE}) {q.meaning('retry', q.ERROR)}"
    allowed = q.explained(f"max by ({q.CODE}) (telephony_retry_allowed{{{q.PRODUCT}}})", "retry", q.ERROR)
    return table(
        "May I try again?", "For each code of the last hour that is no normal ending: whether the same attempt may succeed "
        "later, how long to wait before it (in the account that has to wait longest), how much of that is left, and "
        "when the code came last.",
        [rows(f"{allowed} {seen}"),
         rows(f"max by ({q.CODE}) (telephony_retry_after_seconds{{{q.PRODUCT}}}) {seen} {known}"),
         rows(f"ceil(clamp_min(max by ({q.CODE}) (telephony_retry_not_before_timestamp_seconds{{{q.PRODUCT}}}) - time(), 0)) "
              f"{seen} {known}"),
         rows(f"floor(time() - max by ({q.CODE}) (telephony_last_error_timestamp_seconds{{{q.PRODUCT}}})) {seen} {known}")],
        [provider_column(), PRODUCT, code_column(), Column("reason", "Reason"),
         Column("Value #A", "Allowed", 70, custom__cellOptions={"type": "color-text"}, mappings=[
             {"type": "value", "options": {"0": {"text": "no", "color": "red", "index": 0},
                                           "1": {"text": "yes", "color": "green", "index": 1}}}]),
         Column("retry", "Retry", 78), Column("Value #B", "Wait", 65, **AGO), Column("Value #C", "Left", 60, **AGO),
         Column("Value #D", "Ago", 60, **AGO)], "-Ago")


def changed():
    minute = {"unit": "short", "decimals": 1}
    return table(
        "What changed", "Errors a minute: in the last 5 minutes, on average over this period, and the difference. The codes that "
        "changed most come first.",
        [rows(expression) for expression in q.change()],
        [provider_column(), PRODUCT, code_column(), Column("reason", "Reason"),
         Column("Value #A", "Now", 60, **minute), Column("Value #B", "Mean", 60, **minute),
         Column("Value #C", "Change", 70, **minute, custom__cellOptions={"type": "color-text"}, thresholds={
             "mode": "absolute", "steps": [{"color": "green", "value": None}, {"color": "text", "value": -0.05},
                                           {"color": "red", "value": 0.05}]})], "Change")


def dashboard():
    product, name = "provider, product", "{{provider}} {{product}}"
    return board("telephony-overview", "Telephony / Overview", "Are we fine? If not: which provider, which account, which code, "
                 "and what to do.", [
        tiles(),
        (6, (24, full_now())),
        (12, (24, top_codes())),
        (8, (8, series("Errors by severity", "Red hits every call, orange is to be fixed by somebody, blue is a normal ending.",
                       [query(q.ALL.errors("severity", ""), "{{severity}}")], stack=True, colours=COLOURS)),
            (8, series("Errors by category", "Where the trouble is, across providers; normal endings left out.",
                       [query(q.ALL.errors("category") + " > 0", "{{category}}")], stack=True)),
            (8, series("Capacity errors by account", "Calls and messages that were refused because a limit was reached.",
                       [query(q.BY_ACCOUNT.errors("provider, product, account, code", 'category="capacity",' + q.ERROR) + " > 0",
                              "{{provider}} {{product}} {{account}} {{code}}")], stack=True))),
        (8, (8, series("Errors per session", "Errors that are no normal endings, per finished session.",
                       [query(q.ALL.error_ratio(product), name)], "percentunit")),
            (8, series("ASR", "Answered calls of all calls.", [query(q.ALL.answer_seizure_ratio(product), name)],
                       "percentunit", maximum=1)),
            (8, series("NER", "Calls that the network handled as it should, of all calls. Where it falls with ASR, the network "
                       "is at fault; where ASR falls alone, people do not answer.",
                       [query(q.ALL.network_effectiveness_ratio(product), name)], "percentunit", maximum=1))),
        *trunks(),
        "Retry and sessions",
        (9, (13, retry_hints()), (11, changed())),
        (7, (16, series("How sessions end", "Finished sessions, calls and messages.",
                        [query(q.ALL.sessions("outcome") + " > 0", "{{outcome}}")], stack=True, colours=OUTCOMES)),
            (4, stat("Configuration loaded", "When the exporter last loaded its configuration; a blue line in the graphs.",
                     last(f"1000 * max(telephony_exporter_config_last_reload_success_timestamp_seconds{{{q.JOB}}})"),
                     "dateTimeFromNow", PLAIN)),
            (4, stat("Exporter started", "When an exporter last started; a purple line in the graphs.",
                     last(f"1000 * max(process_start_time_seconds{{{q.JOB}}})"), "dateTimeFromNow", PLAIN))),
    ])
