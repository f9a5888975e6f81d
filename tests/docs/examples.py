"""Reads and plays the examples of docs/http.md; the document itself says how they are written."""

import json
import re
import time
from dataclasses import dataclass, field

from flask import Flask
from flask.testing import FlaskClient

from axf.payment.providers.mock import merchant_signer, notice_signature

PLACEHOLDER = re.compile(r"<([a-z]+_[a-z_]+)>")
# What a placeholder stands for in an answer: anything without quotes, tags, spaces and separators.
VALUE = r"[^\s\"'<>&;?/]+"
BLOCK = re.compile(r"^```http\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FORM = "application/x-www-form-urlencoded"


@dataclass
class Example:
    """A request and the answer that the document promises."""

    line: int
    method: str
    path: str
    headers: dict[str, str]
    body: str
    status: int
    answer_headers: dict[str, str] = field(default_factory=dict)
    answer: str = ""


def read_examples(document: str) -> list[Example]:
    """Return the examples of the document in their order."""
    found = []
    for block in BLOCK.finditer(document):
        line = document.count("\n", 0, block.start()) + 2
        asked, arrow, answered = block[1].partition("→ ")
        assert arrow, f"the example in line {line} has no answer"
        request_line, headers, body = parts(asked)
        status, answer_headers, answer = parts(answered)
        method, path = request_line.split(" ")
        if headers.get("Content-Type") == FORM:
            body = body.replace("\n", "")
        found.append(Example(line, method, path, headers, body, int(status), answer_headers, answer))
    return found


def parts(text: str) -> tuple[str, dict[str, str], str]:
    """Return the first line, the headers and the body of a message."""
    head, _, body = text.partition("\n\n")
    first, *headers = head.strip().splitlines()
    return first, dict(header.split(": ", 1) for header in headers), body.strip()


class Player:
    """Plays examples against a shop and remembers what stood for the placeholders."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.known: dict[str, str] = {}

    def play(self, example: Example) -> None:
        """Send the request and compare the answer. Raises AssertionError that names the document's line."""
        body = self.filled(example.body)
        self.sign(body)
        client: FlaskClient = self.app.test_client(use_cookies=False)
        headers = {name: self.filled(value) for name, value in example.headers.items()}
        response = client.open(self.filled(example.path), method=example.method, headers=headers, data=body)
        text = response.get_data().decode(errors="replace")
        where = f"docs/http.md line {example.line}: {example.method} {example.path}"
        assert response.status_code == example.status, f"{where}: {response.status_code}\n{response.headers}\n{text}"
        for name, wanted in example.answer_headers.items():
            given = response.headers.getlist(name)
            assert any(self.matches(wanted, value) for value in given), f"{where}: {name}: {given}"
        if example.answer.startswith("{"):
            differences = list(self.differences(json.loads(example.answer), json.loads(text)))
            assert not differences, f"{where}: {differences}\n{text}"
        elif example.answer:
            assert self.matches(f"…{example.answer}…", text), f"{where}: wanted {example.answer}\n{text}"
        self.learn_payment_no()

    def filled(self, text: str) -> str:
        """Return the text with its placeholders replaced by what earlier answers held."""
        return PLACEHOLDER.sub(lambda found: self.known[found[1]], text)

    def sign(self, body: str) -> None:
        """Do what the gateway does: sign this body as a notice of now."""
        timestamp = str(int(time.time()))
        signature = notice_signature(self.app.config["SECRET_KEY"], body.encode(), timestamp)
        self.known.update(notice_time=timestamp, notice_signature=signature)

    def learn_payment_no(self) -> None:
        """Read our payment number out of the signed request, as the gateway does."""
        if "payment_request" in self.known:
            trade = merchant_signer(self.app.config["SECRET_KEY"]).loads(self.known["payment_request"])
            self.known["payment_no"] = trade["payment_no"]

    def matches(self, wanted: str, given: str) -> bool:
        """Tell whether the text is as wanted; ``…`` is any text, a new placeholder takes its value from here."""
        pattern, new = "", []
        for part in re.split(r"(…|<[a-z]+_[a-z_]+>)", wanted):
            name = PLACEHOLDER.fullmatch(part)
            if part == "…":
                pattern += ".*?"
            elif name and name[1] not in self.known and name[1] not in new:
                new.append(name[1])
                pattern += f"(?P<{name[1]}>{VALUE})"
            else:
                pattern += re.escape(self.filled(part))
        found = re.fullmatch(pattern, given, re.DOTALL)
        if found:
            self.known.update(found.groupdict())
        return found is not None

    def differences(self, wanted: object, given: object, place: str = "$"):
        """Yield where two JSON values differ; ``…`` in a wanted text is any value or any part of it."""
        if wanted == "…":
            return
        if isinstance(wanted, dict) and isinstance(given, dict):
            for key in sorted(wanted.keys() | given.keys()):
                if key not in wanted or key not in given:
                    yield f"{place}.{key} is {'missing' if key in wanted else 'not in the document'}"
                else:
                    yield from self.differences(wanted[key], given[key], f"{place}.{key}")
        elif isinstance(wanted, str) and isinstance(given, str):
            if not self.matches(wanted, given):
                yield f"{place}: {given!r}"
        elif type(wanted) is not type(given) or wanted != given:
            yield f"{place}: {given!r}"
