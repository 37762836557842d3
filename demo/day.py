"""The day that the demo plays: how much traffic there is at which hour, and what goes wrong when."""

import heapq
import itertools
import math

from deliveries import CALLER_ID, Deliveries


class Chapter:
    """Something that happens between two hours of the day."""

    def __init__(self, begins, ends, title, look):
        self.begins, self.ends, self.title, self.look = begins, ends, title, look

    def at(self, hour):
        return self.begins <= hour < self.ends


NIGHT = Chapter(0, 6, "Night: little traffic, a busy line now and then.",
                "The overview is green: busy and no answer are normal endings, and no errors.")
OUTAGE = Chapter(8, 9.5, "A carrier fails: Restcomm answers 502 and 503, Synthflow finds no route.",
                 "The ratio of errors and the category connectivity; NER falls with ASR, so it is the network.")
CALLER = Chapter(10.5, 12, "Somebody changes a caller ID: Synthflow refuses every third call with 403.",
                 "403 has five meanings; this one is caller_id_unauthorized, and says what to fix.")
UNLISTED = Chapter(12.5, 13.5, "8x8 sends -2042 and Restcomm 30099, which no catalog lists.",
                   "They count as unlisted of their family; /api/v1/unlisted says which ones they were.")
RUBBISH = Chapter(14, 14.7, "A sender posts half a document, another one XML.",
                  "telephony-exporter: rejected by cause. Nothing of it is counted.")
TRUNK = Chapter(15.5, 19, "A campaign of acme_sg fills the trunk of 8x8 number masking: -2010.",
                "The overview names the provider, the product and the account, and what to do. The alert comes below.")
REPEATS = Chapter(19.5, 20.2, "8x8 delivers much of the afternoon once more.",
                  "telephony-exporter: duplicates. No counter of errors moves.")
RELOAD = Chapter(20.5, 24, "The configuration is reloaded.", "A blue line in the dashboards; no counter is reset.")
RESTART = Chapter(21.5, 24, "The exporter is killed with SIGKILL and started again.",
                  "The counters go on where they were, and providers deliver again what was refused.")
# The campaign begins with as many calls as the trunk takes and one more; this hour on it goes on for good.
CAMPAIGN = TRUNK.begins + 0.8
CHAPTERS = [NIGHT, OUTAGE, CALLER, UNLISTED, RUBBISH, TRUNK, REPEATS, RELOAD, RESTART]

# How many real seconds a call lasts: the day is short.
HOLDING = (2, 5)
# How many calls at the same time an account may have.
CHANNELS = {"acme_sg": 24}

# Deliveries a second of real time at noon.
PEAK = {"masking": 8, "voice": 4, "sms": 6, "agent": 7, "call": 8, "message": 4}


def traffic(hour):
    """The share of the peak at an hour of the day: a long night, and a hill over office hours."""
    return 0.2 + 0.8 * math.sin(math.pi * (hour - 6) / 16) ** 0.7 if 6 < hour < 22 else 0.2


class Day:
    """Says which deliveries come at an hour."""

    def __init__(self):
        self.make = Deliveries()
        self.random = self.make.random
        self.sent = []  # what a provider may deliver once more
        self.seconds = 0.0
        self.order = itertools.count()
        self.under_way = []  # (when it ends, its number, its account, its end) of calls of 8x8
        self.owed = dict.fromkeys([*PEAK, "rubbish", "repeats"], 0.0)

    def deliveries(self, hour, seconds):
        """What arrives in so many real seconds at this hour of the day."""
        found = []
        for stream, count in self._counts(hour, seconds).items():
            found += [getattr(self, "_" + stream)(hour) for _ in range(count)]
        self.seconds += seconds
        while self.under_way and self.under_way[0][0] <= self.seconds:
            found.append(heapq.heappop(self.under_way)[-1])
        self.random.shuffle(found)
        self.sent = (self.sent + [one for one in found if "8x8" in one.path])[-500:]
        return found

    def opening(self, chapter):
        """What a chapter cannot do without, however short the day is and however busy the machine."""
        make = self.make
        if chapter is TRUNK:
            return [self._masked_call("acme_sg", "COMPLETED") for _ in range(self._free("acme_sg") + 1)]
        return {
            OUTAGE: [make.call("failed", DialSipResponseCode="503"), make.call("failed", DialSipResponseCode="502")],
            CALLER: [make.agent_call("model-sales", "failed", CALLER_ID)],
            UNLISTED: [make.session("number-masking", "acme_id", "ERROR", -2042), make.message("failed", ErrorCode="30099")],
            RUBBISH: [make.half_a_document(), make.another_language()],
            REPEATS: self.sent[-20:],
        }.get(chapter, [])

    def _counts(self, hour, seconds):
        rates = {stream: peak * traffic(hour) for stream, peak in PEAK.items()}
        if CAMPAIGN < hour < TRUNK.ends:
            rates["masking"] *= 2.5
        rates["rubbish"] = 3 if RUBBISH.at(hour) else 0
        rates["repeats"] = 12 if REPEATS.at(hour) else 0.1
        counts = {}
        for stream, rate in rates.items():
            self.owed[stream] += rate * seconds * self.random.uniform(0.7, 1.3)
            counts[stream] = int(self.owed[stream])
            self.owed[stream] -= counts[stream]
        return counts

    def _one_of(self, *choices):
        """One of (share, make); what is left of 1 belongs to the last."""
        point = self.random.random()
        for share, make in choices:
            point -= share
            if point < 0:
                return make()
        return choices[-1][1]()

    def _masking(self, hour):
        campaign = CAMPAIGN < hour < TRUNK.ends and self.random.random() < 0.75
        account = "acme_sg" if campaign or self.random.random() < 0.4 else "acme_id"
        refused = lambda code: self.make.session("number-masking", account, "ERROR", code)
        call = lambda status: self._masked_call(account, status)
        return self._one_of((0.10 if UNLISTED.at(hour) else 0, lambda: refused(-2042)),
                            (0.10, lambda: call("NO_ANSWER")), (0.05, lambda: call("BUSY")),
                            (0.03, lambda: call("CANCELED")), (0.004, lambda: refused(-2004)),
                            (1, lambda: call("COMPLETED")))

    def _free(self, account):
        """How many more calls the account may have."""
        return CHANNELS.get(account, math.inf) - sum(1 for call in self.under_way if call[2] == account)

    def _masked_call(self, account, status):
        """Says that a call has begun, and has its end follow; or that the trunk is full."""
        if self._free(account) <= 0:
            return self.make.session("number-masking", account, "ERROR", -2010)
        session, begun = self.make.begun("number-masking", account)
        end = self.make.session("number-masking", account, status, session=session)
        until = self.seconds + self.random.uniform(*HOLDING)
        heapq.heappush(self.under_way, (until, next(self.order), account, end))
        return begun

    def _voice(self, hour):
        session = lambda *ending: self.make.session("voice", "acme_ivr", *ending)
        return self._one_of((0.08, lambda: session("NO_ANSWER")), (0.03, lambda: session("BUSY")),
                            (0.006, lambda: session("ERROR", -2006)), (0.004, lambda: session("ERROR", -2008)),
                            (1, lambda: session("COMPLETED")))

    def _sms(self, hour):
        return self._one_of((0.004, lambda: self.make.receipt("undelivered", 15)),
                            (0.003, lambda: self.make.receipt("undelivered", 23)),
                            (1, lambda: self.make.receipt("delivered")))

    def _agent(self, hour):
        call = lambda *ending: self.make.agent_call("model-sales" if self.random.random() < 0.7 else "model-support", *ending)
        return self._one_of((0.30 if OUTAGE.at(hour) else 0, lambda: call("failed", "Telephony - 503 - No Routeplan Found")),
                            (0.35 if CALLER.at(hour) else 0, lambda: call("failed", CALLER_ID)),
                            (0.08, lambda: call("busy", "Telephony - 486 - Busy Here")),
                            (0.08, lambda: call("no-answer", "Telephony - 480 - Temporarily not available")),
                            (0.04, lambda: call("failed", "Telephony - 603 - Decline")),
                            (0.004, lambda: call("failed", "Telephony - 400 - Invalid phone number")),
                            (1, lambda: call("completed")))

    def _call(self, hour):
        outage = OUTAGE.at(hour)
        return self._one_of((0.45 if outage else 0.002, lambda: self.make.call("failed", DialSipResponseCode="503")),
                            (0.20 if outage else 0.001, lambda: self.make.call("failed", DialSipResponseCode="502")),
                            (0.06, lambda: self.make.call("busy", DialSipResponseCode="486")),
                            (0.10, lambda: self.make.call("no-answer", ReasonCode="1105")),
                            (0.004, lambda: self.make.call("failed", ReasonCode="3102")),
                            (1, lambda: self.make.call("completed", CallDuration="31")))

    def _message(self, hour):
        return self._one_of((0.12 if UNLISTED.at(hour) else 0, lambda: self.make.message("failed", ErrorCode="30099")),
                            (0.008, lambda: self.make.message("undelivered", ErrorCode="30003")),
                            (1, lambda: self.make.message("delivered")))

    def _rubbish(self, hour):
        return self._one_of((0.5, self.make.half_a_document), (1, self.make.another_language))

    def _repeats(self, hour):
        return self.random.choice(self.sent) if self.sent else self._voice(hour)
