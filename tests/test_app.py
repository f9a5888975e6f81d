"""create_app, and the addresses that every shop has."""

import pytest

from axf import create_app
from axf.config import ConfigError
from tests.conftest import counted, make_app

PRODUCTION = {"ENV": "production", "BASE_URL": "https://shop.example", "PAYMENT_PROVIDERS": []}


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
