"""What waits is told: the inbox exactly once, mail at least once, and what fails is put off, then dead."""

import logging
import socket
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
import time_machine
from aiosmtpd.controller import Controller
from sqlalchemy import select, update

from axf.core import mail
from axf.core.db import transaction
from axf.extensions import db
from axf.notice import letters, worker
from axf.notice.models import Message
from axf.notice.outbox import State
from axf.notice.sms import SmsPutOff, SmsRefused
from axf.user.models import User
from tests.notice.test_outbox import NOON, rows, tell_now


@dataclass
class Postbox:
    """A real SMTP server that keeps letters, or answers as it is told."""

    answers: list[str] = field(default_factory=list)
    letters: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 - aiosmtpd's name
        answer = self.answers.pop(0) if self.answers else "250 taken"
        if answer.startswith("250"):
            self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return answer

    async def handle_RCPT(self, _server, _session, envelope, address, _options) -> str:  # noqa: N802
        if address.startswith("nobody@"):
            return "550 no such reader"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.fixture
def postbox(app):
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    app.config.update(SMTP_URL=f"smtp://127.0.0.1:{port}", MAIL_FROM="AXF <shop@axf.example>")
    yield box
    controller.stop()


def set_user(user_id: int, **values: str) -> None:
    with transaction(db.session):
        db.session.execute(update(User).where(User.id == user_id).values(**values))


def run_at(moment=NOON, **options) -> int:
    with time_machine.travel(moment, tick=False):
        return worker.run(**options)


def states() -> dict[str, tuple[str, int, str]]:
    return {row.channel: (row.state, row.tries, row.problem) for row in rows()}


def test_a_moment_comes_into_the_inbox_and_by_mail(shopper, postbox):
    set_user(shopper, email="anna@example.com", language="en")
    tell_now(shopper, "paid", "A1", order_no="A1", amount=123456)
    assert [run_at(), run_at()] == [2, 0]
    assert states() == {"inbox": ("done", 1, ""), "mail": ("done", 1, "")}
    message = db.session.scalars(select(Message)).one()
    assert (message.key, message.user_id, message.kind, message.payload, message.created_at, message.read_at) == (
        "paid/A1/inbox", shopper, "paid", '{"amount": 123456, "order_no": "A1"}', NOON, None,
    )  # fmt: skip
    (letter,) = postbox.letters
    assert (letter["To"], letter["From"], letter["Subject"]) == (
        "anna@example.com", "AXF <shop@axf.example>", "Your AXF shop: Payment received",
    )  # fmt: skip
    assert letter.get_content_type() == "text/plain"
    text = letter.get_content().replace("\r\n", "\n")
    assert "We have received ¥1,234.56 for order A1" in text
    assert "/axf/order/A1/\n" in text


def test_mail_is_written_in_the_shoppers_language(shopper, postbox):
    set_user(shopper, email="anna@example.com", language="zh")
    tell_now(shopper, "coupon-ending", "1", name="满60减10", name_en="¥10 off", ends="2026-11-23T16:00:00+00:00")
    run_at()
    (letter,) = postbox.letters
    assert letter["Subject"] == "爱鲜蜂: 优惠券即将到期"
    assert letter.get_content().startswith("“满60减10”将于 11月24日 00:00 到期")


@pytest.mark.parametrize(
    ("answer", "state"),
    [("451 greylisted, come back", "waiting"), ("421 closing", "waiting"), ("554 spam", "dead")],
)
def test_a_passing_no_is_tried_again_and_a_lasting_one_is_not(shopper, postbox, answer, state):
    set_user(shopper, email="anna@example.com")
    postbox.answers = [answer]
    tell_now(shopper, order_no="A1", amount=1)
    run_at()
    assert states()["mail"][:2] == (state, 1)
    assert answer[:3] in states()["mail"][2]
    assert run_at(NOON + timedelta(seconds=45)) == 0
    later = run_at(NOON + timedelta(seconds=75))
    assert (later, len(postbox.letters)) == ((1, 1) if state == "waiting" else (0, 0))


def test_a_reader_who_does_not_exist_is_not_asked_for_again(shopper, postbox):
    set_user(shopper, email="nobody@example.com")
    tell_now(shopper, order_no="A1", amount=1)
    run_at()
    assert states()["mail"] == ("dead", 1, "550 no such reader")


def test_a_server_that_is_away_is_asked_ten_times(shopper, app):
    app.config.update(SMTP_URL="smtp://127.0.0.1:1", MAIL_FROM="shop@axf.example")
    set_user(shopper, email="anna@example.com")
    tell_now(shopper, order_no="A1", amount=1)
    moment = NOON
    for _each in range(12):
        run_at(moment)
        moment += timedelta(hours=8)
    state, tries, problem = states()["mail"]
    assert (state, tries) == ("dead", 10)
    assert "ConnectionRefused" in problem


def test_the_pauses_double_up_to_six_hours():
    for tries, minutes in [(1, 1), (2, 2), (3, 4), (9, 256), (10, 360), (60, 360)]:
        pause = worker.pause_after(tries) / timedelta(minutes=1)
        assert minutes * 0.8 <= pause <= minutes * 1.2


def test_a_worker_that_ends_before_it_marks_repeats_and_loses_nothing(shopper, postbox, monkeypatch):
    set_user(shopper, email="anna@example.com")
    tell_now(shopper, order_no="A1", amount=1)
    mark = worker._mark
    monkeypatch.setattr(worker, "_mark", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        run_at()
    monkeypatch.setattr(worker, "_mark", mark)
    assert run_at(NOON + worker.LEASE - timedelta(seconds=1)) == 0
    assert run_at(NOON + worker.LEASE) == 1
    first, again = postbox.letters
    assert first["Message-ID"] == again["Message-ID"]
    assert states()["mail"] == ("done", 2, "")


def test_a_row_that_ends_every_worker_is_dead_in_the_end(shopper):
    tell_now(shopper, order_no="A1", amount=1)
    for each in range(11):
        with time_machine.travel(NOON + each * worker.LEASE, tick=False):
            row, _other = worker.claim(NOON + each * worker.LEASE), worker.claim(NOON + each * worker.LEASE)
    worker.tell_row(row)
    assert states()["inbox"] == ("dead", 11, "the worker ended in the middle, each time")


def test_a_worker_whose_lease_is_over_marks_nothing(shopper):
    tell_now(shopper, order_no="A1", amount=1)
    slow = worker.claim(NOON)
    quick = worker.claim(NOON + worker.LEASE)
    while quick.id != slow.id:
        quick = worker.claim(NOON + worker.LEASE)
    worker.tell_row(slow)
    assert states()["inbox"][:2] == ("waiting", 2)
    worker.tell_row(quick)
    assert states()["inbox"][:2] == ("done", 2)
    assert len(db.session.scalars(select(Message)).all()) == 1


@pytest.mark.parametrize(("env", "word"), [("development", "Payment received"), ("production", "AXF_SMTP_URL")])
def test_without_a_server_mail_is_logged_or_skipped(shopper, app, caplog, env, word):
    app.config["ENV"] = env
    set_user(shopper, email="anna@example.com", language="en")
    tell_now(shopper, order_no="A1", amount=1)
    with caplog.at_level(logging.INFO, "axf"):
        run_at()
    assert word in caplog.text
    assert states()["mail"] == ("done", 1, "no mail server")


def test_who_has_no_address_gets_no_mail(shopper, postbox):
    tell_now(shopper, order_no="A1", amount=1)
    run_at()
    assert (postbox.letters, states()["mail"]) == ([], ("done", 1, "no address"))


def test_a_text_message_goes_to_the_masked_number_in_the_log(shopper, caplog):
    set_user(shopper, language="en")
    tell_now(shopper, "shipped", order_no="A1", phone="13812345678")
    with caplog.at_level(logging.INFO, "axf"):
        run_at()
    assert "sms to 138****5678 (shipped/A1/sms): [AXF] Order A1 has left the shop." in caplog.text
    assert "13812345678" not in caplog.text
    assert states()["sms"] == ("done", 1, "")
    assert "138" not in db.session.scalars(select(Message)).one().payload


@pytest.mark.parametrize(("error", "state"), [(SmsPutOff("busy"), "waiting"), (SmsRefused("no number"), "dead")])
def test_an_sms_provider_may_put_off_or_refuse(shopper, error, state):
    class Provider:
        def send(self, phone: str, text: str, reference: str) -> None:
            raise error

    tell_now(shopper, "shipped", order_no="A1", phone="13812345678")
    while (row := worker.claim(NOON)).channel != "sms":
        pass
    worker.tell_row(row, Provider())
    assert states()["sms"] == (state, 1, str(error))


def test_what_cannot_be_written_is_dead_and_does_not_stop_the_others(shopper, postbox):
    set_user(shopper, email="anna@example.com")
    tell_now(shopper, "coupon-ending", "bad", ends="tomorrow")
    tell_now(shopper, "paid", "A1", order_no="A1", amount=1)
    assert run_at() == 4
    assert {row.key: row.state for row in rows() if row.channel == "mail"} == {
        "coupon-ending/bad/mail": "dead", "paid/A1/mail": "done",
    }  # fmt: skip


def test_the_limit_and_the_stop_end_a_run_after_the_row_at_hand(shopper):
    tell_now(shopper, order_no="A1", amount=1)
    assert run_at(limit=1) == 1
    assert run_at(is_stopped=lambda: True) == 0
    assert run_at() == 1


def test_the_dead_can_be_tried_again(shopper, postbox):
    set_user(shopper, email="anna@example.com")
    postbox.answers = ["554 spam"]
    tell_now(shopper, order_no="A1", amount=1)
    run_at()
    (dead,) = letters.listed(State.DEAD)
    letters.retry(dead.id, NOON)
    assert run_at() == 1
    assert (states()["mail"], len(postbox.letters)) == (("done", 1, ""), 1)
    assert letters.retry_all(NOON) == 0


@pytest.mark.parametrize("text", ["Hello\r\nBcc: spy@example.com", "Hello\nX: y"])
def test_a_line_break_never_begins_another_header(text):
    sender = mail.sender_of("AXF <shop@axf.example>")
    with pytest.raises(ValueError, match=r"linefeed|carriage|newline"):
        mail.letter(sender, "anna@example.com", text, "", message_id="1", at=NOON)
    with pytest.raises(ValueError, match=r"linefeed|carriage|newline|[Ii]nvalid"):
        mail.letter(sender, f"anna@example.com{text[5:]}", "Hello", "", message_id="1", at=NOON)
