"""kuaidi100 (快递100): subscribe to a courier's number, and read what is pushed.

Fields, codes and the signature are those of kuaidi100's own Java SDK (github.com/kuaidi100-api/java-demo:
SubscribeParameters, SubscribePushParamResp, SubscribePushResult) and api.kuaidi100.com/document.
"""

import hashlib
import hmac
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from axf.core.clock import SHOP_ZONE
from axf.logistics.base import BadPush, Trace, TracingFailed
from axf.logistics.shipments import Stage, Step

SECONDS = 5
LARGEST_ANSWER = 64 * 1024
MOST_STEPS = 200
# returnCode of the subscription: 200 is taken, 501 is subscribed already.
TAKEN = {"200", "501"}
# SubscribePushResult.state: 0 on the way, 1 collected, 2 in trouble, 3 signed for, 4 sent back and signed for by the
# sender, 5 at the door, 6 on the way back, 7 handed to another courier; 8 customs and 14 refused are of the document.
STAGES = {
    "0": Stage.ON_THE_WAY,
    "1": Stage.ON_THE_WAY,
    "2": Stage.ON_THE_WAY,
    "3": Stage.DELIVERED,
    "4": Stage.FAILED,
    "5": Stage.ON_THE_WAY,
    "6": Stage.FAILED,
    "7": Stage.ON_THE_WAY,
    "8": Stage.ON_THE_WAY,
    "14": Stage.FAILED,
}


class Kuaidi100:
    """Tracing by kuaidi100: ``key`` is the shop's, ``base_url`` where it is asked, ``callback_url`` where it pushes."""

    def __init__(self, key: str, base_url: str, callback_url: str) -> None:
        self._key, self._base_url, self._callback_url = key, base_url, callback_url
        # At most 32 characters; made of the key, so that every host of the shop knows it.
        self._salt = hmac.new(key.encode(), b"axf push", hashlib.sha256).hexdigest()[:32]

    def subscribe(self, carrier: str, tracking_no: str, phone: str) -> None:
        """Ask to be told of a number; some couriers want the ``phone`` of who gets it. Raises TracingFailed."""
        parameters = {"callbackurl": self._callback_url, "salt": self._salt, "phone": phone}
        param = {"company": carrier, "number": tracking_no, "key": self._key, "parameters": parameters}
        body = urllib.parse.urlencode({"schema": "json", "param": json.dumps(param)}).encode()
        request = urllib.request.Request(f"{self._base_url}/poll", data=body)  # noqa: S310 - https by configuration
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 # nosec B310
                told = json.loads(answer.read(LARGEST_ANSWER))
            code, message = str(told["returnCode"]), str(told.get("message", ""))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise TracingFailed(reason=type(error).__name__) from error
        if code not in TAKEN:
            raise TracingFailed(reason=f"{code} {message}"[:200])

    def read(self, form: Mapping[str, str]) -> Trace:
        """Return what a push tells: its ``sign`` is MD5 of param and salt in capitals. Raises BadPush."""
        param = form.get("param", "")
        if not hmac.compare_digest(form.get("sign", "").encode(), self.sign(param).encode()):
            raise BadPush
        try:
            result = json.loads(param)["lastResult"]
            steps = _steps(result)
            return Trace(_short(result["com"], 20), _short(result["nu"], 40), steps)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BadPush from error

    def sign(self, param: str) -> str:
        """Return the signature of a pushed param."""
        return hashlib.md5((param + self._salt).encode(), usedforsecurity=False).hexdigest().upper()


def _steps(result: dict[str, Any]) -> tuple[Step, ...]:
    """Return the steps, the oldest first: the newest has the state of the whole, those before were on the way."""
    state = STAGES.get(str(result["state"]), Stage.ON_THE_WAY)
    rows = list(result["data"])[:MOST_STEPS]
    steps = [_step(row, state if index == 0 else Stage.ON_THE_WAY) for index, row in enumerate(rows)]
    return tuple(reversed(steps))


def _step(row: dict[str, Any], stage: Stage) -> Step:
    time, text = str(row.get("ftime") or row["time"]), _printable(str(row["context"]))
    happened_at = datetime.strptime(time, "%Y-%m-%d %H:%M:%S").replace(tzinfo=SHOP_ZONE).astimezone(UTC)
    # The stage is part of the key: the same words may first be told as the newest, then as signed for.
    key = hashlib.sha256(f"{stage}\n{time}\n{text}".encode()).hexdigest()
    return Step(key, stage, text, happened_at)


def _short(text: str, most: int) -> str:
    if not 0 < len(text) <= most:
        raise ValueError("no code or number")
    return text


def _printable(text: str) -> str:
    """Return text without control and direction characters: it is shown to shoppers."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", "", text).strip()[:300]
