"""Where mail is handed over. Sending is tested with the worker, against a real server."""

import pytest

from axf.core.mail import MailServer, sender_of, server_of


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", MailServer("mail.example", 25)),
        ("smtp://mail.example?starttls=0", MailServer("mail.example", 25)),
        ("smtp://me:p%40ss@mail.example?starttls=1", MailServer("mail.example", 587, "me", "p@ss", starts_tls=True)),
        ("smtps://mail.example/", MailServer("mail.example", 465, is_tls=True)),
        ("smtps://mail.example:2465", MailServer("mail.example", 2465, is_tls=True)),
        ("smtp://[::1]:2525", MailServer("::1", 2525)),
    ],
)
def test_the_address_of_a_server_is_read(url, server):
    assert server_of(url) == server


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("shop@axf.example", "shop@axf.example"),
        ("AXF 爱鲜蜂 <shop@axf.example>", "AXF 爱鲜蜂 <shop@axf.example>"),
    ],
)
def test_a_sender_is_read(text, written):
    assert str(sender_of(text)) == written
