"""``flask config show``: everything that counts, and nothing that is secret."""

import pytest

from axf.config.table import SETTINGS
from axf.core.settings import without_password
from tests.conftest import make_app

MARKERS = {
    "AXF_SECRET_KEY": "hunter2-hunter2-hunter2-hunter2-hunter2",
    "AXF_SECRET_KEY_FALLBACKS": "hunter2-old",
    "AXF_KUAIDI100_KEY": "hunter2",
    "AXF_DATABASE_URL": "mysql+pymysql://axf:hunter2@db/axf?ssl_key_password=hunter2&charset=utf8",
    "AXF_MAIL_FROM": "shop@axf.example",
}


def test_every_setting_is_shown_with_where_it_came_from(tmp_path, monkeypatch):
    (tmp_path / "smtp").write_text("smtp://me:hunter2@mail.example\n")
    for name, value in {**MARKERS, "AXF_SMTP_URL_FILE": str(tmp_path / "smtp"), "AXF_TICKET_DAYS": "9"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AXF_INSTANCE_DIR", str(tmp_path / "instance"))
    done = make_app("sqlite://", tmp_path).test_cli_runner().invoke(args=["config", "show"])
    assert (done.exit_code, "hunter2" in done.output) == (0, False)
    shown = {cells[0]: cells[1:] for line in done.output.splitlines() if (cells := line.split())}
    assert shown["AXF_TICKET_DAYS"] == ["9", "environment"]
    assert shown["AXF_UNPAID_MINUTES"] == ["30", "default"]
    assert shown["AXF_SECRET_KEY"] == ["********", "environment"]
    assert shown["AXF_DATABASE_URL"][0] == "mysql+pymysql://axf:********@db/axf?ssl_key_password=********&charset=utf8"
    assert shown["AXF_SMTP_URL"] == ["smtp://me:********@mail.example", str(tmp_path / "smtp")]
    assert {setting.name for setting in SETTINGS if not setting.provider} <= set(shown)
    assert "AXF_ALIPAY_APP_ID" not in shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mysql+pymysql://axf:p@ss:w@db/axf", "mysql+pymysql://axf:********@db/axf"),
        ("mysql+pymysql://root@/axf?unix_socket=/run/s", "mysql+pymysql://root@/axf?unix_socket=/run/s"),
        ("sqlite:////var/axf.sqlite", "sqlite:////var/axf.sqlite"),
        ("smtps://:secret@mail.example:465", "smtps://:********@mail.example:465"),
        ("redis://:secret@cache/0?password=secret", "redis://:********@cache/0?password=********"),
        ("", ""),
    ],
)
def test_an_address_is_shown_without_its_password(url, shown):
    assert without_password(url) == shown
