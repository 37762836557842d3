"""The row about trunks, which the overview and the provider's dashboard share: how full, and how large they should be."""

import queries as q
from panels import links, query, runbook, series

NAME = "{{provider}} {{product}} {{account}}"
FULL = [("green", None), ("orange", 0.8), ("red", 0.95)]


def by_account(aggregation, metric):
    return f'{aggregation} by (provider, product, account) ({metric}{{{q.PRODUCT},account=~"$account|"}})'


def _with_runbooks(panel, *alerts):
    return {**panel, "links": links(*map(runbook, alerts))}


def trunks():
    limit = query(by_account("max", "telephony_trunk_limit_calls"), NAME + " limit")
    return ["Trunks", (
        8,
        (8, _with_runbooks(
            series("Trunks in use", "Calls under way, of those that the trunk takes at the same time. Where no limit is "
                   "configured and nothing was refused yet, there is no line.",
                   [query(by_account("max", "telephony_trunk_utilization_ratio"), NAME)], "percentunit", steps=FULL),
            "TelephonyTrunkNearlyFull")),
        (8, _with_runbooks(
            series("Concurrent calls", "Calls under way, each leg one, and how many the trunk takes.",
                   [query(by_account("sum", "telephony_concurrent_calls"), NAME), limit], "short"),
            "TelephonyTrunkFullWithinTheHour")),
        (8, _with_runbooks(
            series("Recommended size", "How many calls the trunk should take, so that one of a hundred is refused in the busiest "
                   "hour of the last 24, and how many it takes.",
                   [query(by_account("max", "telephony_trunk_recommended_calls"), NAME), limit], "short"),
            "TelephonyTrunkTooSmall")))]
