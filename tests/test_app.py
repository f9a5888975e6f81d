"""create_app, and the addresses that every shop has."""

import logging
from collections.abc import Iterator

import pytest
from flask import url_for

from axf import create_app
from axf.config import ConfigError
from axf.observe import logs
from tests.conftest import counted, make_app

PRODUCTION = {"ENV": "production", "BASE_URL": "https://shop.example", "PAYMENT_PROVIDERS": []}


@pytest.fixture
def real_logs() -> Iterator[None]:
    """Let no other test see where a shop that is no test's writes its lines."""
    yield
    logging.getLogger().removeHandler(logs._handler)


@pytest.mark.usefixtures("real_logs")
def test_an_app_is_made_of_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("AXF_INSTANCE_DIR", str(tmp_path))
    monkeypatch.setenv("AXF_TICKET_DAYS", "3")
    app = create_app()
    assert app.instance_path == str(tmp_path)
    assert app.config["SQLALCHEMY_DATABASE_URI"] == f"sqlite:///{tmp_path}/axf.sqlite"
    assert app.config["TICKET_LIFE"].days == 3


def test_a_wrong_environment_makes_no_app(tmp_path, monkeypatch):
    monkeypatch.setenv("AXF_INSTANCE_DIR", str(tmp_path))
    monkeypatch.setenv("AXF_TICKET_DAYS", "never")
    with pytest.raises(ConfigError, match="AXF_TICKET_DAYS"):
        create_app()


def test_two_apps_do_not_share_their_settings(tmp_path):
    first, second = (make_app("sqlite://", tmp_path, BASE_URL=f"http://{name}") for name in ("a", "b"))
    assert (first.config["BASE_URL"], second.config["BASE_URL"]) == ("http://a", "http://b")


def test_the_play_money_gateway_is_only_there_where_it_is_configured(tmp_path):
    with_mock, without = make_app("sqlite://", tmp_path), make_app("sqlite://", tmp_path, **PRODUCTION)
    assert with_mock.test_client().get("/mock-gateway/").status_code == 400
    assert without.test_client().get("/mock-gateway/").status_code == 404


def test_the_style_guide_is_for_development(tmp_path):
    address = "/axf/_styleguide/"
    assert make_app("sqlite://", tmp_path).test_client().get(address).status_code == 200
    assert make_app("sqlite://", tmp_path, **PRODUCTION).test_client().get(address).status_code == 404


@pytest.mark.parametrize(
    ("path", "status", "location"),
    [
        ("/", 302, "/axf/home/"),
        ("/login/", 302, "/axf/login/"),
        ("/favicon.ico", 301, "/static/img/icons/favicon-32.png"),
        ("/axf/home", 308, "http://localhost/axf/home/"),
    ],
)
def test_short_addresses_lead_on(client, path, status, location):
    answer = client.get(path)
    assert (answer.status_code, answer.location) == (status, location)
    with client.get(path, follow_redirects=True) as end:
        assert end.status_code == 200


def test_health_is_told_without_asking_the_database(client):
    with counted() as statements:
        answer = client.get("/healthz")
    assert (answer.status_code, answer.data, statements) == (200, b"ok\n", [])
    assert answer.headers["Cache-Control"] == "no-store"


def test_health_is_told_while_the_database_is_away(tmp_path):
    app = make_app(f"sqlite:///{tmp_path}/missing/axf.sqlite", tmp_path)
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/axf/home/", headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json["code"]) == (503, "short-break")


def test_the_commands_of_every_package_are_there(app):
    assert {"order", "seed", "db"} <= set(app.cli.commands)
    for name in ("order", "seed"):
        assert app.test_cli_runner().invoke(args=[name, "--help"]).exit_code == 0


@pytest.mark.sqlite
def test_addresses_are_built_once_for_what_they_are_built_of(app):
    def address(path: str, method: str = "GET", root: str = "", **values: object) -> str:
        with app.test_request_context(path, method=method, environ_overrides={"SCRIPT_NAME": root}):
            return url_for("market.index", **values)

    for _again in range(2):
        assert address("/axf/home/") == "/axf/market/"
        assert address("/axf/home/?lang=en") == "/axf/market/?lang=en"
        assert address("/axf/home/?lang=en", lang=None) == "/axf/market/"
        assert address("/axf/home/?lang=en", method="POST") == "/axf/market/"
        assert address("/axf/home/", root="/shop") == "/shop/axf/market/"
        assert [address("/", page=value) for value in (1, True, "1", None, [1, 2])] == [
            f"/axf/market/{query}" for query in ("?page=1", "?page=True", "?page=1", "", "?page=1&page=2")
        ]


@pytest.mark.sqlite
def test_no_more_addresses_are_kept_than_that(app, monkeypatch):
    monkeypatch.setattr("axf.app.MOST_ADDRESSES", 3)
    with app.test_request_context():
        assert [url_for("market.goods", goods_id=number) for number in range(5)][4] == "/axf/goods/4/"
        assert len(app._addresses) == 3
