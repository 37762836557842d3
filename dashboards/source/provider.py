"""telephony-provider: one provider or account in depth, by family, category and code."""

import queries as q
from boards import board
from overview import AGO, COUNT, PRODUCT as PRODUCT_COLUMN, RATIO_STEPS, full_now, retry_hints
from panels import (COLOURS, GOOD_IS_HIGH, OUTCOMES, PLAIN, Column, code_column, last, links, provider_column, query, rows,
                    runbook, series, severity_column, stat, table, text_column)
from trunks import trunks

PRODUCT, NAME = "provider, product", "{{provider}} {{product}}"
ACCOUNT, ACCOUNT_NAME = "provider, product, account", "{{provider}} {{product}} {{account}}"


def tiles():
    hit = f'time() - telephony_account_last_error_timestamp_seconds{{{q.ACCOUNT},reason="trunk_capacity_exceeded"}} < 3600'
    return (4,
            (4, stat("Sessions", "Finished sessions, calls and messages a second.", query(q.ALL.sessions("")), "cps")),
            (4, stat("Errors per session", "Errors that are no normal endings, per finished session.",
                     query(q.ALL.error_ratio()), "percentunit", RATIO_STEPS, decimals=1,
                     links=links(runbook("TelephonyErrorBudgetBurn"), runbook("TelephonyErrorRateAnomaly")))),
            (4, stat("ASR", "Answered calls of all calls.", query(q.ALL.answer_seizure_ratio()), "percentunit", GOOD_IS_HIGH,
                     decimals=1)),
            (4, stat("NER", "Calls that the network handled as it should, of all calls.",
                     query(q.ALL.network_effectiveness_ratio()), "percentunit",
                     [("red", None), ("orange", 0.9), ("green", 0.95)], decimals=1)),
            (4, stat("Last code", "When a code last came, normal endings included. A provider that is silent is not always well.",
                     last(f"1000 * max(telephony_last_error_timestamp_seconds{{{q.PRODUCT}}} > 0)"), "dateTimeFromNow",
                     PLAIN, links=links(runbook("TelephonyProviderSilent")))),
            (4, stat("Accounts at limit", "Accounts that ran into their trunk capacity in the last hour.",
                     last(f"count(max by (provider, account) ({hit})) or vector(0)"), steps=[("green", None), ("red", 1)],
                     decimals=0, links=links(runbook("TelephonyTrunkCapacityExceeded")))))


def codes():
    return table(
        "Codes of this period", "Every code that came, without normal endings, with its place in the provider's own order and in "
        "ours. A click on a code explains it.",
        [rows(q.top_codes(50))],
        [severity_column(), provider_column(), PRODUCT_COLUMN, Column("family", "Family", 115),
         Column("category", "Category", 112), code_column(), Column("reason", "Reason", 190),
         Column("Value", "Count", 70, **COUNT), text_column("message", "The provider says", 210),
         text_column("remedy", "What to do")], "Count")


def account_errors():
    """Accounts begin at their first error, so what they have is shown, and when the last one came."""
    labels = f"{q.CODE}, account, category, severity"
    came = f"sum by ({labels}) (telephony_account_errors_total{{{q.ACCOUNT},{q.ERROR}}})"
    ago = f"floor(time() - max by ({q.CODE}, account) (telephony_account_last_error_timestamp_seconds{{{q.ACCOUNT}}}))"
    return table(
        "Errors by account, since counting began", "Which account meets which code, how often, and how long ago it last did. "
        "Accounts beyond the budget are in 'other'.",
        [rows(f"topk(30, {came} > 0)"), rows(f"{ago} and on ({q.CODE}, account) topk(30, {came} > 0)")],
        [severity_column(), provider_column(), PRODUCT_COLUMN, Column("account", "Account", 150),
         code_column(), Column("reason", "Reason"), Column("category", "Category", 140),
         Column("Value #A", "Count", 80, **COUNT), Column("Value #B", "Ago", 90, **AGO)], "Count")


def over_time(title, description, label, legend=None):
    return series(title, description, [query(q.ALL.errors(label) + " > 0", legend or "{{%s}}" % label)], stack=True, right=True)


def typical_and_worst(title, description, metric, unit, worst=0.95):
    """The median, and what one leg in twenty does not reach or exceeds, by account."""
    queries = [query(q.quantile(share, metric, ACCOUNT), f"{ACCOUNT_NAME} p{share * 100:.0f}") for share in (0.5, worst)]
    return (8, series(title, description, queries, unit))


def calls():
    """Rows of panels about the calls themselves."""
    return [
        (8, typical_and_worst("Setup", "From the attempt to the answer, of legs that were answered: the median, and what one in "
                              "twenty exceeds.", "telephony_call_setup_seconds", "s"),
            typical_and_worst("MOS", "Mean opinion score: the median, and what one leg in twenty does not reach. Below 3.6 many "
                              "are dissatisfied.", "telephony_call_mos", "none", worst=0.05),
            typical_and_worst("Packet loss", "Lost packets of all packets: the median, and what one leg in twenty exceeds. "
                              "5 % is heard by everybody.", "telephony_call_packet_loss_ratio", "percentunit")),
        (8, typical_and_worst("Jitter", "Mean variation of the packets' delay: the median, and what one leg in twenty exceeds.",
                              "telephony_call_jitter_seconds", "s"),
            typical_and_worst("Duration", "How long legs were connected: the median, and what one in twenty exceeds. Many calls of "
                              "a few seconds are no conversations.", "telephony_call_duration_seconds", "s"),
            typical_and_worst("Event lag", "From when an event occurred, by its sender's clock, to its receipt. While it is long, "
                              "everything here is late.", "telephony_event_lag_seconds", "s")),
    ]


def dashboard():
    by_account = q.BY_ACCOUNT
    return board("telephony-provider", "Telephony / Provider", "One provider or account in depth: what came, by family, category "
                 "and code, and what to do.", [
        tiles(),
        (6, (24, full_now())),
        (12, (24, codes())),
        "Errors",
        (8, (12, over_time("By family", "The provider's own grouping of codes; normal endings left out.", "provider, family",
                           "{{provider}} {{family}}")),
            (12, over_time("By category", "Our grouping, the same for all providers; normal endings left out.", "category"))),
        (8, (16, over_time("By code", "A code may have several reasons; normal endings left out.", q.CODE,
                           "{{provider}} {{code}} {{reason}}")),
            (8, series("By severity", "Red hits every call, orange is to be fixed by somebody, blue is a normal ending.",
                        [query(q.ALL.errors("severity", ""), "{{severity}}")], stack=True, colours=COLOURS))),
        "Sessions",
        (8, (12, series("How they end", "Finished sessions, calls and messages.",
                        [query(q.ALL.sessions("outcome") + " > 0", "{{outcome}}")], stack=True, right=True, colours=OUTCOMES)),
            (12, series("Errors per session", "By product.", [query(q.ALL.error_ratio(PRODUCT), NAME)], "percentunit",
                        right=True))),
        (8, (12, series("ASR", "Answered calls of all calls.", [query(q.ALL.answer_seizure_ratio(PRODUCT), NAME)],
                        "percentunit", maximum=1, right=True)),
            (12, series("NER", "Calls that the network handled as it should, of all calls.",
                        [query(q.ALL.network_effectiveness_ratio(PRODUCT), NAME)], "percentunit", maximum=1, right=True))),
        "Accounts",
        (9, (24, account_errors())),
        (8, (8, series("Errors", "By account, normal endings left out.",
                       [query(by_account.errors(ACCOUNT) + " > 0", ACCOUNT_NAME)], stack=True)),
            (8, series("Errors per session", "By account.", [query(by_account.error_ratio(ACCOUNT), ACCOUNT_NAME)],
                       "percentunit")),
            (8, series("NER", "By account.", [query(by_account.network_effectiveness_ratio(ACCOUNT), ACCOUNT_NAME)],
                       "percentunit", maximum=1))),
        *trunks(),
        "Call quality and timing",
        *calls(),
        "Retry",
        (9, (24, retry_hints())),
    ])
