"""The configuration, from the environment only."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axf.aftersale.rules import Limits
from axf.config import ConfigError, from_environment
from axf.config.table import SETTINGS

SAFE = {
    "AXF_ENV": "production",
    "AXF_SECRET_KEY": "0123456789abcdef0123456789abcdef",
    "AXF_BASE_URL": "https://shop.example",
    "AXF_DATABASE_URL": "mysql+pymysql://axf@db/axf",
    "AXF_PAYMENT_PROVIDERS": "",
    "AXF_PROXY_COUNT": "1",
}


def reasons(environ: dict[str, str], instance: Path = Path("/nowhere")) -> list[str]:
    with pytest.raises(ConfigError) as refusal:
        from_environment({"AXF_SECRET_KEY": "x", **environ}, instance)
    return str(refusal.value).splitlines()


def test_nothing_has_to_be_set_in_development(tmp_path):
    config = from_environment({}, tmp_path / "instance")
    assert config["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{tmp_path}/instance/axf.sqlite"
    assert config["MEDIA_DIR"] == f"{tmp_path}/instance/media"
    assert (config["ENV"], config["BASE_URL"]) == ("development", "http://127.0.0.1:8000")
    assert config["PAYMENT_PROVIDERS"] == ["mock"]
    assert (config["TICKET_LIFE"], config["UNPAID_LIFE"]) == (timedelta(days=7), timedelta(minutes=30))
    assert config["TICKET_IDLE"] == timedelta(days=3)
    assert (config["PROXY_COUNT"], config["SERVICE_WORKER"]) == (0, True)
    assert config["AFTERSALE_LIMITS"] == Limits(worth=3000, per_month=3)


def test_every_setting_is_read(tmp_path):
    config = from_environment(
        {
            **SAFE,
            "AXF_BASE_URL": "https://shop.example:8443/",
            "AXF_MEDIA_DIR": "/srv/media",
            "AXF_TICKET_DAYS": "90",
            "AXF_UNPAID_MINUTES": "1",
            "AXF_PROXY_COUNT": "2",
            "AXF_SERVICE_WORKER": "0",
            "AXF_AFTERSALE_AUTO_YUAN": "50",
            "AXF_AFTERSALE_AUTO_PER_MONTH": "0",
        },
        tmp_path,
    )
    assert config["SECRET_KEY"] == SAFE["AXF_SECRET_KEY"]
    assert config["SQLALCHEMY_DATABASE_URI"] == SAFE["AXF_DATABASE_URL"]
    assert config["BASE_URL"] == "https://shop.example:8443"
    assert config["MEDIA_DIR"] == "/srv/media"
    assert (config["TICKET_LIFE"], config["UNPAID_LIFE"]) == (timedelta(days=90), timedelta(minutes=1))
    assert (config["PAYMENT_PROVIDERS"], config["PROXY_COUNT"], config["SERVICE_WORKER"]) == ([], 2, False)
    assert config["AFTERSALE_LIMITS"] == Limits(worth=5000, per_month=0)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("AXF_ENV", "prod"),
        ("AXF_ENV", ""),
        ("AXF_BASE_URL", ""),
        ("AXF_BASE_URL", "shop.example"),
        ("AXF_BASE_URL", "ftp://shop.example"),
        ("AXF_BASE_URL", "https://"),
        ("AXF_BASE_URL", "https://:443"),
        ("AXF_BASE_URL", "https://["),
        ("AXF_BASE_URL", "https://shop.example:port"),
        ("AXF_BASE_URL", "https://shop.example/axf"),
        ("AXF_BASE_URL", "https://shop.example?a=1"),
        ("AXF_BASE_URL", "https://shop.example#a"),
        ("AXF_MEDIA_URL", "https://bucket.example"),
        ("AXF_MEDIA_URL", "s3://"),
        ("AXF_MEDIA_URL", "s3://Bucket"),
        ("AXF_MEDIA_URL", "s3://bucket/../other"),
        ("AXF_S3_ENDPOINT", "s3.example"),
        ("AXF_S3_ENDPOINT", "https://s3.example/path"),
        ("AXF_BASE_URL", "https://me@shop.example"),
        ("AXF_DATABASE_URL", "postgresql://db/axf"),
        ("AXF_DATABASE_URL", "mysql://db/axf"),
        ("AXF_DATABASE_URL", "axf.sqlite"),
        ("AXF_PAYMENT_PROVIDERS", "mock,gold"),
        ("AXF_TICKET_DAYS", "0"),
        ("AXF_TICKET_DAYS", "91"),
        ("AXF_TICKET_DAYS", ""),
        ("AXF_TICKET_DAYS", "7.5"),
        ("AXF_TICKET_DAYS", "٧"),
        ("AXF_TICKET_DAYS", "+7"),
        ("AXF_TICKET_DAYS", "9" * 5000),
        ("AXF_UNPAID_MINUTES", "0"),
        ("AXF_UNPAID_MINUTES", "1441"),
        ("AXF_MAIL_FROM", "shop"),
        ("AXF_MAIL_FROM", "shop@axf.example\nBcc: spy@example.com"),
        ("AXF_MAIL_FROM", "店@axf.example"),
        ("AXF_PROXY_COUNT", "-1"),
        ("AXF_PROXY_COUNT", "6"),
        ("AXF_SERVICE_WORKER", "off"),
        ("AXF_AFTERSALE_AUTO_YUAN", "10001"),
        ("AXF_AFTERSALE_AUTO_YUAN", "29.90"),
        ("AXF_AFTERSALE_AUTO_PER_MONTH", "101"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named(key, value):
    (reason,) = reasons({key: value})
    assert reason.startswith(f"{key}: ")


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "http://mail.example",
        "smtp://",
        "smtp://mail.example:0",
        "smtp://mail.example:port",
        "smtp://mail.example/in",
        "smtp://mail.example?tls=1",
        "smtp://mail.example?starttls=yes",
        "smtp://mail.example?x",
        "smtps://mail.example?starttls=1",
        "smtp://[",
    ],
)
def test_a_mail_server_that_cannot_be_is_named_without_its_password(url):
    (reason,) = reasons({"AXF_SMTP_URL": url, "AXF_MAIL_FROM": "AXF <shop@axf.example>"})
    assert reason == "AXF_SMTP_URL: wants smtp[s]://[user:password@]host[:port][?starttls=1]"


def test_a_mail_server_wants_a_sender():
    (reason,) = reasons({"AXF_SMTP_URL": "smtp://mail.example"})
    assert reason.startswith("AXF_MAIL_FROM: wants an address")


def test_every_reason_is_told_at_once():
    found = reasons({"AXF_ENV": "prod", "AXF_BASE_URL": "shop", "AXF_TICKET_DAYS": "x", "AXF_PROXY_COUNT": "x"})
    assert [reason.split(":")[0] for reason in found] == [
        "AXF_ENV", "AXF_BASE_URL", "AXF_TICKET_DAYS", "AXF_PROXY_COUNT",
    ]  # fmt: skip


def test_the_safe_production_settings_are_taken(tmp_path):
    assert from_environment(SAFE, tmp_path)["ENV"] == "production"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("AXF_SECRET_KEY", ""),
        ("AXF_SECRET_KEY", "0123456789abcdef0123456789abcde"),
        ("AXF_BASE_URL", "http://shop.example"),
        ("AXF_PAYMENT_PROVIDERS", "mock"),
        ("FLASK_DEBUG", "1"),
    ],
)
def test_production_refuses_what_is_unsafe(key, value, tmp_path):
    (reason,) = reasons({**SAFE, key: value}, tmp_path)
    assert reason.startswith(f"{key}: ")
    assert "production" in reason


@pytest.mark.parametrize("missing", ["AXF_SECRET_KEY", "AXF_BASE_URL", "AXF_PAYMENT_PROVIDERS", "AXF_PROXY_COUNT"])
def test_production_has_no_default_that_is_unsafe(missing, tmp_path):
    environ = {key: value for key, value in SAFE.items() if key != missing}
    with pytest.raises(ConfigError, match=f"^{missing}: "):
        from_environment(environ, tmp_path)
    assert list(tmp_path.iterdir()) == []


KEY = {"AXF_MEDIA_URL": "s3://bucket/axf", "AXF_S3_KEY_ID": "id", "AXF_S3_SECRET": "secret"}


@pytest.mark.parametrize("missing", ["AXF_S3_KEY_ID", "AXF_S3_SECRET"])
def test_a_store_wants_its_key(missing, tmp_path):
    environ = {name: value for name, value in KEY.items() if name != missing}
    assert reasons(environ, tmp_path) == ["AXF_MEDIA_URL: wants AXF_S3_KEY_ID and AXF_S3_SECRET"]


@pytest.mark.parametrize(
    ("endpoint", "is_open"),
    [("http://s3.example", True), ("https://s3.example", False), ("http://127.0.0.1:9000", False), ("", False)],
)
def test_production_speaks_https_with_a_store_elsewhere(endpoint, is_open, tmp_path):
    environ = {**SAFE, **KEY, "AXF_S3_ENDPOINT": endpoint}
    if not is_open:
        assert from_environment(environ, tmp_path)["S3_ENDPOINT"] == endpoint
        return
    (reason,) = reasons(environ, tmp_path)
    assert reason == "AXF_S3_ENDPOINT: production wants https, so that nobody reads along"


def test_a_refusal_does_not_tell_the_secret(tmp_path):
    found = reasons(
        {**SAFE, "AXF_SECRET_KEY": "hunter2", "AXF_DATABASE_URL": "postgres://axf:hunter3@db/axf"}, tmp_path
    )
    assert [reason.split(":")[0] for reason in found] == ["AXF_DATABASE_URL", "AXF_SECRET_KEY"]
    assert "hunter" not in "".join(found)


def test_production_answers_to_its_own_name_only(tmp_path):
    hosts = from_environment({**SAFE, "AXF_BASE_URL": "https://shop.example:8443"}, tmp_path)["TRUSTED_HOSTS"]
    assert hosts == ["shop.example", "localhost", "127.0.0.1"]
    assert "TRUSTED_HOSTS" not in from_environment({}, tmp_path)


def test_development_keeps_the_secret_that_it_made(tmp_path):
    first = from_environment({}, tmp_path / "instance")["SECRET_KEY"]
    assert len(first) >= 32
    assert from_environment({}, tmp_path / "instance")["SECRET_KEY"] == first
    assert (tmp_path / "instance/secret_key").stat().st_mode & 0o777 == 0o600
    assert from_environment({}, tmp_path / "another")["SECRET_KEY"] != first


def test_an_empty_secret_is_no_secret(tmp_path):
    (tmp_path / "secret_key").touch()
    with pytest.raises(ConfigError, match="delete it"):
        from_environment({}, tmp_path)


SECRETS = [setting for setting in SETTINGS if setting.by_file]


def test_what_is_secret_may_come_as_a_file():
    assert {setting.name for setting in SECRETS} >= {
        "AXF_SECRET_KEY", "AXF_SECRET_KEY_FALLBACKS", "AXF_DATABASE_URL", "AXF_SMTP_URL", "AXF_KUAIDI100_KEY",
        "AXF_ALIPAY_PRIVATE_KEY", "AXF_WECHAT_PRIVATE_KEY", "AXF_WECHAT_API_KEY",
    }  # fmt: skip


def test_a_secret_is_read_from_its_file(tmp_path):
    (tmp_path / "key").write_text("0123456789abcdef0123456789abcdef\n")
    (tmp_path / "url").write_text("mysql+pymysql://axf:hunter2@db/axf\n")
    environ = {key: value for key, value in SAFE.items() if key not in ("AXF_SECRET_KEY", "AXF_DATABASE_URL")}
    files = {"AXF_SECRET_KEY_FILE": str(tmp_path / "key"), "AXF_DATABASE_URL_FILE": str(tmp_path / "url")}
    config = from_environment({**environ, **files}, tmp_path)
    assert config["SECRET_KEY"] == "0123456789abcdef0123456789abcdef"
    assert config["SQLALCHEMY_DATABASE_URI"] == "mysql+pymysql://axf:hunter2@db/axf"


@pytest.mark.parametrize(
    ("content", "given", "reason"),
    [
        (None, {}, "AXF_SMTP_URL_FILE: the file {path} cannot be read"),
        ("\n", {}, "AXF_SMTP_URL_FILE: the file {path} is empty"),
        ("smtp://me:hunter2@", {}, "AXF_SMTP_URL_FILE: the file {path} wants smtp[s]://[user:password@]host[:port]"),
        ("smtp://h", {"AXF_SMTP_URL": "smtp://h"}, "AXF_SMTP_URL: give it or AXF_SMTP_URL_FILE, not both"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(tmp_path, content, given, reason):
    path = tmp_path / "secret"
    if content is not None:
        path.write_text(content)
    (found,) = reasons({"AXF_SMTP_URL_FILE": str(path), "AXF_MAIL_FROM": "shop@axf.example", **given})
    assert found.startswith(reason.format(path=path))
    assert "hunter2" not in found


def test_old_secrets_are_a_list_of_strong_ones(tmp_path):
    old = ["a" * 32, "b" * 32]
    environ = {**SAFE, "AXF_SECRET_KEY_FALLBACKS": ", ".join(old)}
    assert from_environment(environ, tmp_path)["SECRET_KEY_FALLBACKS"] == old
    (reason,) = reasons({**SAFE, "AXF_SECRET_KEY_FALLBACKS": f"{old[0]},short"}, tmp_path)
    assert reason == "AXF_SECRET_KEY_FALLBACKS: production wants at least 32 characters of each"


def test_a_relative_media_folder_is_counted_from_where_the_shop_starts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert from_environment({"AXF_MEDIA_DIR": "pictures"}, tmp_path)["MEDIA_DIR"] == f"{tmp_path}/pictures"


@given(st.text(max_size=40).map(lambda text: f"https://{text}"))
def test_any_address_is_taken_or_named(address):
    try:
        config = from_environment({**SAFE, "AXF_BASE_URL": address}, Path("/nowhere"))
    except ConfigError as refusal:
        assert str(refusal).startswith("AXF_BASE_URL: ")
    else:
        assert config["TRUSTED_HOSTS"][0]
        assert address.startswith(config["BASE_URL"])
