"""``flask backup``: a whole backup or none, proved by restoring it; a restore only into an empty database."""

import errno
import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, inspect, select, text

from axf.backup import dumping, manifest, service
from axf.extensions import db
from axf.order.models import Order
from axf.user.models import User
from tests.conftest import make_app
from tests.mariadb import PrivateMariaDB

PICTURE = "avatar/ab/0123456789abcdef0123456789abcd-64.webp"


@pytest.fixture
def run(app: Flask):
    """Run ``flask backup …`` in the shop, or in another one."""

    def invoke(*arguments: object, shop: Flask = app):
        db.session.rollback()
        with shop.app_context():
            found = shop.test_cli_runner().invoke(args=["backup", *map(str, arguments)])
            db.session.remove()
            return found

    return invoke


@pytest.fixture
def backup(app: Flask, run, order_no: str, tmp_path: Path) -> Path:
    """A backup of a shop with an order and a picture."""
    picture = Path(app.config["MEDIA_DIR"]) / PICTURE
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"a picture")
    found = run("create", "--to", tmp_path / "backups")
    assert found.exit_code == 0, found.output
    return next((tmp_path / "backups").iterdir())


def rewrite(backup: Path, **changes: object) -> None:
    known = json.loads((backup / manifest.NAME).read_text())
    (backup / manifest.NAME).write_text(json.dumps(known | changes))


def test_a_backup_says_what_it_holds_and_can_be_proved(app, run, backup):
    found = manifest.read(backup)
    kind = "sqlite" if db.engine.dialect.name == "sqlite" else "mariadb"
    assert (found.kind, sorted(found.files)) == (kind, sorted([dumping.FILES[kind], f"media/{PICTURE}"]))
    assert found.files[f"media/{PICTURE}"].size == len(b"a picture")
    before = set(inspect(db.engine).get_table_names())
    proved = run("verify", backup)
    assert (proved.exit_code, "can be restored." in proved.output) == (0, True), proved.output
    assert set(inspect(db.engine).get_table_names()) == before


def test_a_restore_fills_an_empty_database_and_no_other(app, run, backup, tmp_path, request):
    refused = run("restore", backup)
    assert (refused.exit_code, "is not empty" in refused.output) == (1, True)
    if db.engine.dialect.name == "sqlite":
        url = f"sqlite:///{tmp_path / 'empty.sqlite'}"
    else:
        other = PrivateMariaDB()
        request.addfinalizer(other.close)
        url = other.url("restored")
    empty = make_app(url, tmp_path / "elsewhere")
    brought = run("restore", backup, shop=empty)
    assert brought.exit_code == 0, brought.output
    with empty.app_context():
        assert db.session.scalars(select(Order.payable)).all() == [2250]
        assert db.session.scalars(select(User.username)).all() == ["anna"]
        db.session.remove()
        checked = empty.test_cli_runner().invoke(args=["check", "invariants"])
        assert checked.exit_code == 0, checked.output
        db.engine.dispose()
    assert (tmp_path / "elsewhere" / "media" / PICTURE).read_bytes() == b"a picture"


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda backup: (backup / "media" / PICTURE).write_bytes(b"b picture"), "SHA-256 differs"),
        (lambda backup: (backup / "media" / PICTURE).unlink(), "cannot be read"),
        (lambda backup: (backup / manifest.NAME).unlink(), "is no backup"),
        (lambda backup: (backup / manifest.NAME).write_text("{"), "cannot be read"),
        (lambda backup: rewrite(backup, revision="9999"), "does not know"),
        (lambda backup: rewrite(backup, files={}), "holds no database"),
        (lambda backup: rewrite(backup, files={"../x": {"size": 1, "sha256": ""}}), "lies outside"),
        (lambda backup: rewrite(backup, format=2), "another release"),
    ],
)
def test_what_cannot_be_trusted_is_not_restored(run, backup, tmp_path, damage, sentence):
    damage(backup)
    empty = make_app(f"sqlite:///{tmp_path / 'empty.sqlite'}", tmp_path / "elsewhere")
    for found in (run("verify", backup), run("restore", backup, shop=empty)):
        assert (found.exit_code, sentence in found.output) == (1, True), found.output
    assert not (tmp_path / "elsewhere").exists()
    with empty.app_context():
        assert inspect(db.engine).get_table_names() == []
        db.engine.dispose()


@pytest.mark.mariadb
def test_a_shops_own_user_can_prove_a_backup_once_it_may_make_the_database(app, run, backup, mariadb_server):
    mariadb_server.execute("CREATE USER shop@localhost IDENTIFIED BY 'x'")
    server = f"mysql+pymysql://shop:x@/?unix_socket={mariadb_server.socket}"
    refused = run("verify", backup, "--server", server)
    assert (refused.exit_code, "The user shop may not make a database" in refused.output) == (1, True), refused.output
    # What deploy/README.md has the operator grant.
    mariadb_server.execute(r"GRANT ALL ON `axf\_verify\_%`.* TO shop@localhost")
    proved = run("verify", backup, "--server", server)
    assert (proved.exit_code, "can be restored." in proved.output) == (0, True), proved.output
    mariadb_server.execute("DROP USER shop@localhost")


@pytest.mark.sqlite
@pytest.mark.parametrize("server", ["10.0.0.5", "postgresql://a@b", "sqlite:///x", ""])
def test_what_is_no_address_of_a_server_is_said_so(run, backup, server):
    refused = run("verify", backup, "--server", server)
    assert (refused.exit_code, "is not an address like mysql+pymysql://" in refused.output) == (2, True)


@pytest.mark.sqlite
def test_rows_that_do_not_agree_are_found_in_the_backup(app, run, backup, tmp_path):
    db.session.execute(text("UPDATE orders SET payable = 1"))
    db.session.commit()
    run("create", "--to", tmp_path / "wrong")
    found = run("verify", next((tmp_path / "wrong").iterdir()))
    assert (found.exit_code, "do not hold: payable" in found.output) == (1, True), found.output


@pytest.mark.sqlite
def test_a_full_disk_leaves_nothing_that_looks_like_a_backup(run, backup, tmp_path, monkeypatch):
    def no_space(*_arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "the disk")

    monkeypatch.setattr(Path, "write_bytes", no_space)
    found = run("create", "--to", tmp_path / "backups")
    assert (found.exit_code, "No space left on device" in found.output) == (1, True)
    assert list((tmp_path / "backups").iterdir()) == [backup]


@pytest.mark.sqlite
def test_the_newest_are_kept(run, backup, tmp_path):
    run("create", "--to", tmp_path / "backups")
    third = run("create", "--to", tmp_path / "backups", "--keep", 2)
    kept = sorted((tmp_path / "backups").iterdir())
    assert (third.exit_code, len(kept), backup in kept) == (0, 2, False)
    assert f"{backup.name} is removed" in third.output


@pytest.mark.mariadb
def test_no_password_on_the_command_line(app, database, monkeypatch, tmp_path):
    seen = []
    popen = dumping.subprocess.Popen

    def watched(command, **places):
        seen.append((command, Path(command[1].partition("=")[2]).read_text()))
        return popen(command, **places)

    monkeypatch.setattr(dumping.subprocess, "Popen", watched)
    url = db.engine.url.set(password='pa"ss\\word')
    with pytest.raises(manifest.BackupError, match="Access denied"):
        dumping.dump(url, tmp_path / "dump")
    [(command, options)] = seen
    assert ("ss" not in "".join(command[3:]), 'password="pa\\"ss\\\\word"' in options) == (True, True)
    assert not Path(command[1].partition("=")[2]).exists()


@pytest.mark.mariadb
def test_a_missing_program_and_a_broken_dump_are_said(app, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(manifest.BackupError, match="mariadb-dump is not installed"):
        service.create(db.engine, None, tmp_path / "backups", 1, print, has_position=False)
    assert list((tmp_path / "backups").iterdir()) == []
    assert db.session.scalar(select(func.count()).select_from(User)) == 0
