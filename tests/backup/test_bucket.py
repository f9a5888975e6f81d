"""A shop with MariaDB and an S3-compatible store loses both, and comes back as it was."""

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from axf.extensions import db
from axf.review.models import ReviewPhoto
from axf.user import accounts, avatars
from tests.conftest import make_app, migrate
from tests.mariadb import PrivateMariaDB
from tests.ports import free_port
from tests.review.conftest import photo
from tests.storage.conftest import S3, s3  # noqa: F401 - a fixture

pytestmark = [pytest.mark.mariadb, pytest.mark.timeout(180)]
DATABASE = "axf_with_bucket"


@pytest.fixture
def lost(mariadb_server: PrivateMariaDB, s3: S3, tmp_path):  # noqa: F811
    """A demo shop with photos and an avatar in the store; its commands are run as by an operator."""
    url = mariadb_server.url(DATABASE)
    migrate(url, tmp_path)
    app = make_app(url, tmp_path, **s3.config)
    run_in(app, "seed", "demo")
    with app.app_context():
        avatars.replace(accounts.id_of("demo"), photo(), s3.bucket())
        db.session.remove()
    yield app
    with app.app_context():
        db.engine.dispose()


def run_in(app: Flask, *arguments: object, status: int = 0) -> str:
    with app.app_context():
        found = app.test_cli_runner().invoke(args=list(map(str, arguments)))
        db.session.remove()
    assert found.exit_code == status, found.output
    return found.output


def rows_of(app: Flask) -> dict[str, list[tuple]]:
    """Return everything that the database holds, table by table."""
    with app.app_context(), db.engine.connect() as connection:
        known = {name: table.select().order_by(*table.primary_key) for name, table in db.metadata.tables.items()}
        return {name: [tuple(row) for row in connection.execute(query)] for name, query in known.items()}


def pictures_in(s3: S3) -> dict[str, bytes]:  # noqa: F811
    bucket = s3.bucket()
    return {path: bucket.get(path) for path in bucket.paths()}


def test_a_shop_that_lost_its_database_and_its_bucket_comes_back(lost, s3, mariadb_server, tmp_path):  # noqa: F811
    rows, pictures = rows_of(lost), pictures_in(s3)
    with lost.app_context():
        photos = set(db.session.scalars(select(ReviewPhoto.name)))
        db.session.remove()
    assert photos
    assert photos < {path.rpartition("-")[0] for path in pictures}
    assert run_in(lost, "backup", "create", "--to", tmp_path / "backups").endswith(" s.\n")
    (backup,) = (tmp_path / "backups").iterdir()
    assert not (tmp_path / "media").exists()

    for path in pictures:
        s3.bucket().drop(path)
    mariadb_server.url(DATABASE)  # an empty one in its place
    nowhere = {**s3.config, "S3_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    without_store = make_app(lost.config["SQLALCHEMY_DATABASE_URI"], tmp_path, **nowhere)
    assert "AXF_MEDIA_URL" in run_in(without_store, "backup", "restore", backup, status=1)
    with without_store.app_context():
        assert inspect(db.engine).get_table_names() == []
        db.engine.dispose()

    brought = run_in(lost, "backup", "restore", backup)
    assert f"{len(pictures)} pictures are in place." in brought
    assert (rows_of(lost), pictures_in(s3)) == (rows, pictures)
    assert "can be restored." in run_in(lost, "backup", "verify", backup)
    run_in(lost, "check", "invariants")
    run_in(lost, "search", "index")
    assert run_in(lost, "media", "sweep", "--pause", 0) == f"0 of {len(pictures)} pictures are removed.\n"
    for path in pictures:
        assert lost.test_client().get(f"/axf/media/{path}").data == pictures[path]
    assert "is not empty" in run_in(lost, "backup", "restore", backup, status=1)
