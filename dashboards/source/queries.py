"""The PromQL of the dashboards: selectors, and the ratios as docs/metrics.md and ITU-T E.425 define them."""

JOB = 'job=~"$job",instance=~"$instance"'
PRODUCT = JOB + ',provider=~"$provider",product=~"$product"'
ACCOUNT = PRODUCT + ',account=~"$account"'
CODE = "provider, product, code, reason"

ERROR = 'severity!="info"'
# A message is no seizure, so that messages have neither ASR nor NER.
VOICE = 'product!="sms"'
# What "now" means in a table, whatever period the dashboard shows: long enough to see one refused call a minute.
NOW = "5m"


class Counted:
    """The two metrics that everything is counted in, as a whole or by account."""

    def __init__(self, sessions, errors, selector, labels):
        self.sessions_metric, self.errors_metric, self.selector, self.labels = sessions, errors, selector, labels

    def sessions(self, by, where="", window="$__rate_interval"):
        return f"{_sum(by)} (rate({self.sessions_metric}{{{_join(self.selector, where)}}}[{window}]))"

    def errors(self, by, where=ERROR, window="$__rate_interval"):
        return f"{_sum(by)} (rate({self.errors_metric}{{{_join(self.selector, where)}}}[{window}]))"

    def error_ratio(self, by=""):
        """Errors that are no normal endings, per finished session; nothing while nothing ends."""
        return f"{self.errors(by)} / ({self.sessions(by)} > 0)"

    def answer_seizure_ratio(self, by=""):
        answered = self.sessions(by, _join('outcome="completed"', VOICE))
        return f"{answered} / ({self.sessions(by, VOICE)} > 0)"

    def network_effectiveness_ratio(self, by=""):
        """Answered, and what the users themselves did. An outcome and a code may tell the same call, so the larger counts."""
        answered = self.sessions(self.labels, _join('outcome="completed"', VOICE))
        outcomes = self.sessions(self.labels, _join('outcome=~"busy|no_answer|canceled"', VOICE))
        codes = self.errors(self.labels, _join('category="user"', VOICE))
        effective = f"{answered} + ({outcomes} >= {codes} or {codes} or {outcomes})"
        return f"clamp_max({_sum(by)} ({effective}) / ({self.sessions(by, VOICE)} > 0), 1)"


ALL = Counted("telephony_sessions_total", "telephony_errors_total", PRODUCT, "provider, product")
BY_ACCOUNT = Counted("telephony_account_sessions_total", "telephony_account_errors_total", ACCOUNT,
                     "provider, product, account")


def _join(*parts):
    return ",".join(part for part in parts if part)


def _sum(by):
    return f"sum by ({by})" if by else "sum"


def meaning(labels, where=""):
    """What a code means, as labels; right for several exporters, too."""
    return f"group by ({CODE}, {labels}) (telephony_error_info{{{_join(PRODUCT, where)}}})"


def explained(expression, labels, where=""):
    """The expression with the labels of the info metric."""
    return f"({expression}) * on ({CODE}) group_left ({labels}) {meaning(labels, where)}"


def full_now():
    """How long ago a limit was hit, by account; by code alone where no event named an account.

    The timestamp sees an account's first error, which no increase does.
    """
    by_account = "telephony_account_last_error_timestamp_seconds"
    accounts = f"floor(time() - max by ({CODE}, account) ({by_account}{{{ACCOUNT}}})) < 300"
    named = f"time() - max by ({CODE}) ({by_account}{{{PRODUCT}}}) < 300"
    codes = f"floor(time() - max by ({CODE}) (telephony_last_error_timestamp_seconds{{{PRODUCT}}})) < 300"
    found = f'{accounts} or label_replace(({codes}) unless on ({CODE}) ({named}), "account", "not named", "", "")'
    return explained(found, "remedy", f'category="capacity",{ERROR}')


def full_now_refused():
    """How many sessions that were, where the counters tell."""
    refused = f'increase({BY_ACCOUNT.errors_metric}{{{ACCOUNT},category="capacity",{ERROR}}}[{NOW}])'
    return f"sum by ({CODE}, account) ({refused}) > 0"


def full_now_wait():
    """The wait before the next attempt, in the same rows: the account's own where it is raised."""
    own = f"max by ({CODE}, account) (telephony_account_retry_after_seconds{{{ACCOUNT}}})"
    longest = f"max by ({CODE}) (telephony_retry_after_seconds{{{PRODUCT}}})"
    rows = f"0 * ({full_now()})"
    return f"{rows} + on ({CODE}, account) group_left () {own} or {rows} + on ({CODE}) group_left () {longest}"


UNLISTED_REMEDY = "No catalog lists this code; /api/v1/unlisted of the exporter shows which one it was."


def top_codes(count, by=f"{CODE}, family, category, severity"):
    """The errors of the period shown, with their meaning; unlisted ones have no entry in the info metric."""
    def came(where):
        return f"sum by ({by}) (increase(telephony_errors_total{{{PRODUCT},{where}}}[$__range])) > 0"

    listed = explained(came(ERROR), "message, remedy, retry")
    unlisted = came(f'code="unlisted",{ERROR}')
    return f'topk({count}, {listed} or label_replace({unlisted}, "remedy", "{UNLISTED_REMEDY}", "", ""))'


def seen_last_hour():
    """Keeps of the codes before it those that came in the last hour."""
    return f"and on ({CODE}) (time() - max by ({CODE}) (telephony_last_error_timestamp_seconds{{{PRODUCT}}}) < 3600)"


def change():
    """Errors a minute: now, on average over the period shown, and the difference, for the codes that changed most."""
    now, usual = ALL.errors(CODE, window=NOW), ALL.errors(CODE, window="$__range")
    most = f"topk(8, abs({now} - {usual}) > 0)"
    return [f"60 * {now} and {most}", f"60 * {usual} and {most}", f"60 * ({now} - {usual}) and {most}"]


def quantile(share, metric, by):
    """Of a histogram, where it had samples; also of events that name no account."""
    selector = PRODUCT + ',account=~"$account|"'
    return f"histogram_quantile({share}, sum by (le, {by}) (rate({metric}_bucket{{{selector}}}[$__rate_interval]))) >= 0"
