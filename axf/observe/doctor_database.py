"""What the doctor looks at in the database."""

from collections.abc import Iterator
from datetime import UTC

from sqlalchemy import Connection, bindparam, text

from axf.core import clock
from axf.observe.finding import FAIL, OK, WARN, Finding, judged

# deploy/uwsgi.ini: each thread holds at most one connection; and what the commands by the clock and people need.
THREADS = 4
RESERVE = 15
WANTED = (
    "version character_set_database collation_database character_set_client sql_mode tx_isolation transaction_isolation"
    " innodb_flush_log_at_trx_commit log_bin sync_binlog time_zone max_connections read_only wsrep_on"
).split()


def examine(connection: Connection, processes: int) -> list[Finding]:
    """Return what can be said of this database. It only reads."""
    if connection.dialect.name == "sqlite":
        return list(_of_sqlite(connection))
    named = text("SHOW SESSION VARIABLES WHERE Variable_name IN :names").bindparams(bindparam("names", expanding=True))
    rows = connection.execute(named, {"names": WANTED})
    found = {name.lower(): value for name, value in rows}
    return [
        Finding("database", OK, found["version"]),
        *_of_text(connection, found),
        *_of_transactions(found),
        *_of_durability(found),
        *_of_time(connection, found),
        *_of_connections(connection, found, processes),
        *_of_access(connection),
    ]


def _of_sqlite(connection: Connection) -> Iterator[Finding]:
    yield Finding("database", OK, f"SQLite {connection.execute(text('SELECT sqlite_version()')).scalar()}")
    mode = connection.execute(text("PRAGMA journal_mode")).scalar()
    yield judged("journal", mode, is_right=mode == "wal", advice="The shop sets WAL itself at its first connection.")


def _of_text(connection: Connection, found: dict[str, str]) -> Iterator[Finding]:
    charset, collation = found["character_set_database"], found["collation_database"]
    yield judged(
        "character set", f"{charset}, {collation}", is_right=charset == "utf8mb4", otherwise=FAIL,
        advice="ALTER DATABASE … CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, and convert the tables.",
    )  # fmt: skip
    yield judged(
        "connection", found["character_set_client"], is_right=found["character_set_client"] == "utf8mb4",
        otherwise=FAIL, advice="Take charset= out of AXF_DATABASE_URL: the shop sets it.",
    )  # fmt: skip
    others = connection.execute(
        text(
            "SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE()"
            " AND table_type = 'BASE TABLE' AND table_name != 'alembic_version'"
            " AND (engine != 'InnoDB' OR table_collation NOT LIKE 'utf8mb4%')"
        )
    ).scalar()
    yield judged(
        "tables that are no InnoDB in utf8mb4", others, is_right=not others, otherwise=FAIL,
        advice="ALTER TABLE … ENGINE=InnoDB, CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin.",
    )  # fmt: skip


def _of_transactions(found: dict[str, str]) -> Iterator[Finding]:
    modes = found["sql_mode"]
    yield judged(
        "sql_mode", modes, is_right="STRICT_" in modes, otherwise=FAIL,
        advice="The shop sets strict mode for each connection; something between it and the database takes it away.",
    )  # fmt: skip
    isolation = found.get("tx_isolation") or found.get("transaction_isolation", "")
    yield judged(
        "isolation", isolation, is_right=isolation == "READ-COMMITTED", otherwise=FAIL,
        advice="The shop sets READ COMMITTED for each connection; something in between takes it away.",
    )  # fmt: skip
    yield judged(
        "writes", "refused" if found["read_only"] == "ON" else "taken", is_right=found["read_only"] != "ON",
        otherwise=FAIL, advice="This server is read-only: a replica? Mend AXF_DATABASE_URL, or SET GLOBAL read_only=0.",
    )  # fmt: skip


def _of_durability(found: dict[str, str]) -> Iterator[Finding]:
    flush, is_cluster = found["innodb_flush_log_at_trx_commit"], found.get("wsrep_on") == "ON"
    yield judged(
        "innodb_flush_log_at_trx_commit", f"{flush}{', Galera' if is_cluster else ''}",
        is_right=flush == "1" or is_cluster, advice="Set 1: else a power cut loses paid orders of the last second.",
    )  # fmt: skip
    has_log = found["log_bin"] == "ON"
    yield judged(
        "binary log", "on" if has_log else "off", is_right=has_log,
        advice="Set log_bin: without it a restore ends at the last backup.",
    )  # fmt: skip
    if has_log:
        yield judged(
            "sync_binlog", found["sync_binlog"], is_right=found["sync_binlog"] == "1" or is_cluster,
            advice="Set 1: else a power cut may leave replicas without what was committed.",
        )  # fmt: skip


def _of_time(connection: Connection, found: dict[str, str]) -> Iterator[Finding]:
    yield judged(
        "time zone", found["time_zone"], is_right=found["time_zone"] == "+00:00", otherwise=FAIL,
        advice="The shop sets +00:00 for each connection; something in between takes it away.",
    )  # fmt: skip
    there = connection.execute(text("SELECT UTC_TIMESTAMP(6)")).scalar_one()
    skew = abs((clock.now() - there.replace(tzinfo=UTC)).total_seconds())
    yield judged(
        "clocks differ by", f"{skew:.1f} s", is_right=skew < 2, otherwise=WARN if skew < 30 else FAIL,
        advice="Let both hosts keep the time (chrony).",
    )  # fmt: skip


def _of_connections(connection: Connection, found: dict[str, str], processes: int) -> Iterator[Finding]:
    wanted, most = processes * THREADS + RESERVE, int(found["max_connections"])
    yield judged(
        "connections", f"{processes} processes × {THREADS} threads + {RESERVE} besides = {wanted} of {most}",
        is_right=wanted <= most, otherwise=FAIL,
        advice="Raise max_connections or lower AXF_PROCESSES; every further host adds as many.",
    )  # fmt: skip
    row = connection.execute(text("SHOW GLOBAL STATUS LIKE 'Max_used_connections'")).first()
    used = int(row[1]) if row else 0
    yield judged(
        "connections at once, ever", used, is_right=used < 0.8 * most, advice="max_connections was nearly reached."
    )


def _of_access(connection: Connection) -> Iterator[Finding]:
    grants = [row[0] for row in connection.execute(text("SHOW GRANTS"))]
    is_modest = not any(" ON *.* " in grant and not grant.startswith("GRANT USAGE") for grant in grants)
    yield judged(
        "rights", "its own database" if is_modest else "more than its own database", is_right=is_modest,
        advice="Let the shop's user have its own database only (deploy/README.md, step 3).",
    )  # fmt: skip
    host = connection.engine.url.host
    row = connection.execute(text("SHOW SESSION STATUS LIKE 'Ssl_cipher'")).first()
    is_private = bool(row and row[1]) or host in (None, "localhost", "127.0.0.1", "::1")
    yield judged(
        "way to the database", "on this host or by TLS" if is_private else f"in the clear to {host}",
        is_right=is_private, advice="Add ?ssl_ca=/path/to/ca.pem to AXF_DATABASE_URL.",
    )  # fmt: skip
