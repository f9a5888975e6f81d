"""The MariaDB DDL that the migrations make: ``python -m tests.schema FILE`` writes it."""

import os
import re
import sys
import tempfile
from pathlib import Path

from sqlalchemy import inspect, text

from axf.extensions import db
from tests.mariadb import PrivateMariaDB

HEAD = """\
-- The MariaDB tables of AXF as the migrations make them. Written by `make schema`; a test
-- fails when it is stale. To make a database use `flask db upgrade`, which also records the
-- revision; this file is for reading and for comparing.

"""


def ddl(url: str, folder: Path) -> str:
    """Migrate the empty database at ``url`` and return its DDL, tables by name."""
    from tests.conftest import make_app, migrate

    migrate(url, folder)
    app = make_app(url, folder)
    with app.app_context(), db.engine.connect() as connection:
        names = sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})
        tables = [connection.execute(text(f"SHOW CREATE TABLE `{name}`")).one()[1] for name in names]
    with app.app_context():
        db.engine.dispose()
    return HEAD + "".join(f"{re.sub(r' AUTO_INCREMENT=[0-9]+', '', table)};\n\n" for table in tables)


def main(file: Path) -> None:
    """Write the DDL of a private server to the file."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AXF_INSTANCE_DIR"] = folder
        server = PrivateMariaDB()
        try:
            file.write_text(ddl(server.url("axf_schema"), Path(folder)))
        finally:
            server.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
