"""The webhooks of the demo: what each provider would post, with numbers and names that belong to nobody."""

import datetime
import json
import random
import urllib.parse

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
CALLER_ID = ("Telephony - 403 - Caller ID is unauthorized. A Valid Caller ID is either a DID you have purchased from Twilio"
             " or a verified Caller ID.")


def _ago(seconds):
    """A point in time as 8x8 writes it."""
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=seconds)
    return then.isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Delivery:
    """One HTTP request to the exporter's ingest listener."""

    def __init__(self, path, body, content_type=JSON):
        self.path = path
        self.body = body if isinstance(body, str) else json.dumps(body)
        self.content_type = content_type


class Deliveries:
    """Makes deliveries, each with an id of its own."""

    def __init__(self):
        self.random = random.Random()

    def _id(self):
        return f"{self.random.getrandbits(64):016x}"

    def _number(self):
        return f"+1202555{self.random.randint(100, 199):04d}"

    def call_status(self, product, account, session, word):
        """A status of a call of 8x8; the caller's leg is called after its session."""
        payload = {"eventId": self._id(), "callId": session + "a", "sessionId": session, "subAccountId": account,
                   "callStatus": word, "callDirection": "INBOUND", "source": self._number(), "destination": self._number(),
                   "sipCode": 200, "timestamp": _ago(0)}
        return Delivery(f"/webhooks/8x8/{product}", {"payload": payload, "namespace": "VOICE", "eventType": "CALL_STATUS",
                                                     "description": "Status update of a call"})

    def begun(self, product, account):
        """A call that comes in: its session, and what 8x8 says of it."""
        session = self._id()
        return session, self.call_status(product, account, session, "CALL_RECEIVED")

    def session(self, product, account, status, code=None, session=None):
        """A voice session summary of 8x8; product is number-masking or voice."""
        payload = {
            "sessionId": session or self._id(),
            "subAccountId": account,
            "sessionStatus": status,
            "endTime": _ago(0),
            "lastAction": "MAKE_CALL",
            "callCount": 2,
            "details": {"callA": self._leg("INBOUND", status), "callB": self._leg("OUTBOUND", status)},
        }
        if code is not None:
            payload["errorDetails"] = {"errorCode": code}
        return Delivery(f"/webhooks/8x8/{product}", {"payload": payload, "namespace": "VOICE", "eventType": "SESSION_SUMMARY",
                                                     "description": "Summary of a completed call session"})

    def _leg(self, direction, status):
        """One leg of a session that has just ended; what nobody answered has neither a duration nor a quality."""
        leg = {"callId": self._id(), "callDirection": direction, "callType": "PSTN", "source": self._number(),
               "destination": self._number(), "callStatus": status, "callDuration": 0}
        duration, ringing = self.random.lognormvariate(4, 1), self.random.lognormvariate(1.5, 0.6)
        leg["initiatedTimestamp"] = _ago(duration + ringing)
        if status == "COMPLETED":
            loss = max(0, self.random.gauss(0.3, 0.6))
            leg |= {"connectedTimestamp": _ago(duration), "callDuration": round(duration),
                    "callQuality": {"mos": round(4.4 - loss / 4, 1), "packetLossRate": round(loss, 2),
                                    "jitter": self.random.randint(8, 35)}}
        return leg | {"disconnectedTimestamp": _ago(0)}

    def receipt(self, state, code=None):
        """A delivery receipt of an SMS of 8x8."""
        status = {"state": state, "detail": state, "timestamp": _ago(0)}
        if code is not None:
            status["errorCode"] = code
        return Delivery("/webhooks/8x8/sms", {
            "namespace": "SMS", "eventType": "outbound_message_status_changed",
            "description": "SMS outbound message delivery receipt",
            "payload": {"umid": self._id(), "batchId": self._id(), "subAccountId": "acme_sms", "source": "ACME",
                        "destination": self._number(), "status": status, "smsCount": 1}})

    def agent_call(self, account, status, message=""):
        """The post-call webhook of a Synthflow agent."""
        return Delivery("/webhooks/synthflow", {
            "status": status, "error_message": message,
            "lead": {"name": "Jo Example", "phone_number": self._number()},
            "call": {"status": status, "model_id": account, "call_id": self._id(), "duration": 37,
                     "start_time": "2026-01-13T09:17:46.205134+01:00"}, "executed_actions": {}})

    def call(self, status, **fields):
        """A status callback of a Restcomm call."""
        return self._form("/webhooks/restcomm/voice", CallSid="CA" + self._id(), AccountSid="AC0a1b2c3d4e5f",
                          CallStatus=status, Direction="outbound-api", SequenceNumber="3", **fields)

    def message(self, status, **fields):
        """A status callback of a Restcomm message."""
        return self._form("/webhooks/restcomm/sms", MessageSid="SM" + self._id(), AccountSid="AC99887766",
                          MessageStatus=status, Body="Your code is 4711", **fields)

    def _form(self, path, **fields):
        return Delivery(path, urllib.parse.urlencode({"From": self._number(), "To": self._number(), **fields}), FORM)

    def half_a_document(self):
        """What a broken template makes."""
        return Delivery("/webhooks/8x8/voice", '{"payload": {"sessionId": ')

    def another_language(self):
        """A receipt in a form that is not taken."""
        return Delivery("/webhooks/8x8/sms", "<DeliveryReport/>", "text/xml")
