"""The providers' settings: from the environment and files, each trouble named without a key in it."""

from pathlib import Path

import pytest

from axf.config import ConfigError, from_environment
from tests.payment.gateways import new_key, private_pem, public_pem


def read(environ, names, instance=Path("/nowhere")):
    """Return the configuration with these providers, and what is wrong."""
    given = {"AXF_SECRET_KEY": "x", **environ, "AXF_PAYMENT_PROVIDERS": ",".join(names)}
    try:
        return from_environment(given, instance), []
    except ConfigError as refusal:
        return {}, str(refusal).splitlines()


@pytest.fixture(scope="module")
def keys():
    key = new_key()
    return private_pem(key), public_pem(key)


@pytest.fixture
def environ(tmp_path, keys):
    for name, content in (("private", keys[0]), ("public", keys[1]), ("api", "a" * 32 + "\n")):
        (tmp_path / name).write_text(content)
    files = {"PRIVATE_KEY_FILE": "private", "PUBLIC_KEY_FILE": "public"}
    paths = {f"AXF_{who}_{key}": str(tmp_path / file) for who in ("ALIPAY", "WECHAT") for key, file in files.items()}
    return paths | {
        "AXF_ALIPAY_APP_ID": "2021000000000001",
        "AXF_ALIPAY_SELLER_ID": "2088000000000001",
        "AXF_WECHAT_APP_ID": "wx0000000000000001",
        "AXF_WECHAT_MCHID": "1900000001",
        "AXF_WECHAT_SERIAL_NO": "5F5F5F5F5F",
        "AXF_WECHAT_API_KEY_FILE": str(tmp_path / "api"),
        "AXF_WECHAT_PUBLIC_KEY_ID": "PUB_KEY_ID_0119",
    }


def test_listed_providers_are_read(environ, keys):
    config, errors = read(environ, ["alipay", "wechat", "cod", "balance"])
    assert errors == []
    assert (config["ALIPAY"].app_id, config["ALIPAY"].private_key) == ("2021000000000001", keys[0].strip())
    assert config["ALIPAY"].gateway_url == "https://openapi.alipay.com/gateway.do"
    assert (config["WECHAT"].mchid, config["WECHAT"].api_key) == ("1900000001", "a" * 32)
    assert config["WECHAT"].gateway_url == "https://api.mch.weixin.qq.com"
    assert "PRIVATE" not in repr(config)
    assert "a" * 32 not in repr(config)


def test_bare_base64_is_a_key_too(environ, tmp_path, keys):
    (tmp_path / "private").write_text("".join(keys[0].splitlines()[1:-1]))
    assert read(environ, ["alipay"])[1] == []


def test_nothing_is_wanted_of_what_is_not_listed():
    config, errors = read({"AXF_ALIPAY_APP_ID": "?"}, ["mock", "cod", "balance"])
    assert (errors, [key for key in config if key.startswith(("ALIPAY", "WECHAT"))]) == ([], [])


def test_keys_are_taken_from_the_environment_too(environ, keys):
    del environ["AXF_ALIPAY_PRIVATE_KEY_FILE"]
    config, errors = read({**environ, "AXF_ALIPAY_PRIVATE_KEY": keys[0].strip()}, ["alipay"])
    assert (errors, config["ALIPAY"].private_key) == ([], keys[0].strip())
    assert read({**environ, "AXF_ALIPAY_PRIVATE_KEY": "secret words"}, ["alipay"])[1] == [
        "AXF_ALIPAY_PRIVATE_KEY: holds no RSA private key"
    ]


@pytest.mark.parametrize(("name", "count"), [("alipay", 4), ("wechat", 7)])
def test_all_that_is_missing_is_told_at_once(name, count):
    errors = read({}, [name])[1]
    assert len(errors) == count
    assert all(each.startswith(f"AXF_{name.upper()}_") and each.endswith(": is missing") for each in errors)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("AXF_ALIPAY_PRIVATE_KEY_FILE", "secret words"),
        ("AXF_ALIPAY_PRIVATE_KEY_FILE", ""),
        ("AXF_ALIPAY_PUBLIC_KEY_FILE", "secret words"),
        ("AXF_WECHAT_API_KEY_FILE", "secret words"),
    ],
)
def test_a_file_that_holds_no_key_is_named_and_not_told(environ, tmp_path, name, content):
    (tmp_path / "wrong").write_text(content)
    (error,) = read({**environ, name: str(tmp_path / "wrong")}, ["alipay", "wechat"])[1]
    assert error.startswith(f"{name}: the file")
    assert "secret" not in error


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("AXF_ALIPAY_PUBLIC_KEY_FILE", "/nowhere/key"),
        ("AXF_ALIPAY_GATEWAY_URL", "ftp://gateway"),
        ("AXF_ALIPAY_SELLER_ID", "1088"),
        ("AXF_WECHAT_GATEWAY_URL", "https://["),
        ("AXF_WECHAT_PUBLIC_KEY_ID", "5F5F"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named(environ, name, value):
    (error,) = read({**environ, name: value}, ["alipay", "wechat"])[1]
    assert error.startswith(f"{name}: ")
