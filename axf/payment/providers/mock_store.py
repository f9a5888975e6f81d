"""What the mock gateway remembers: its trades, refunds, and the notices that it holds back.

A small SQLite file of its own in the instance folder: it stands for somebody else's database,
and is shared by every process of the host.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

FILE = "mock-gateway.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS trade (payment_no TEXT PRIMARY KEY, amount INTEGER, state TEXT, refunds TEXT);
CREATE TABLE IF NOT EXISTS refund (
    refund_no TEXT PRIMARY KEY, payment_no TEXT, amount INTEGER, state TEXT, notify_url TEXT
);
CREATE TABLE IF NOT EXISTS held (id INTEGER PRIMARY KEY, kind TEXT, url TEXT, said TEXT);
"""


class MockStore:
    """The gateway's memory in this folder."""

    def __init__(self, folder: str) -> None:
        self.file = Path(folder) / FILE

    def take(self, payment_no: str, amount: int, refunds: str = "done") -> None:
        """Note that a trade is paid, and how its refunds are to go. A repeat changes nothing."""
        with self._open() as connection:
            connection.execute(
                "INSERT INTO trade VALUES (?, ?, 'paid', ?) ON CONFLICT DO NOTHING", (payment_no, amount, refunds)
            )

    def close(self, payment_no: str, amount: int) -> None:
        """Note that a trade can never be paid; one that is paid stays so."""
        with self._open() as connection:
            connection.execute(
                "INSERT INTO trade VALUES (?, ?, 'closed', 'done') ON CONFLICT DO NOTHING", (payment_no, amount)
            )

    def trade(self, payment_no: str) -> tuple[str, int]:
        """Return state and fen of a trade: waiting and 0 when it was never seen."""
        with self._open() as connection:
            found = connection.execute("SELECT state, amount FROM trade WHERE payment_no = ?", (payment_no,)).fetchone()
        return found or ("waiting", 0)

    def refund(self, refund_no: str, payment_no: str, amount: int, notify_url: str) -> tuple[str, str]:
        """Return state and reason of a refund, made when there is none of this number: done, open, failed, refused."""
        with self._open() as connection:
            known = connection.execute(
                "SELECT payment_no, amount, state FROM refund WHERE refund_no = ?", (refund_no,)
            ).fetchone()
            if known:
                is_same = known[:2] == (payment_no, amount)
                return (known[2], known[2]) if is_same else ("refused", "another refund has this number")
            trade = connection.execute(
                "SELECT amount, refunds FROM trade WHERE payment_no = ? AND state = 'paid'", (payment_no,)
            ).fetchone()
            if not trade:
                return "refused", "no such trade"
            gone = connection.execute(
                "SELECT coalesce(sum(amount), 0) FROM refund WHERE payment_no = ? AND state != 'failed'", (payment_no,)
            ).fetchone()[0]
            if amount <= 0 or gone + amount > trade[0]:
                return "refused", "more than was paid"
            if trade[1] == "refuse":
                return "refused", "told to refuse"
            state = "done" if trade[1] == "done" else "open"
            connection.execute(
                "INSERT INTO refund VALUES (?, ?, ?, ?, ?)", (refund_no, payment_no, amount, state, notify_url)
            )
            return state, ""

    def end_refunds(self) -> list[tuple[str, str, int, str, str]]:
        """End every open refund as its trade was told; return number, trade, fen, status and where to tell."""
        with self._open() as connection:
            rows = connection.execute(
                "SELECT refund_no, payment_no, refund.amount, CASE refunds WHEN 'fail' THEN 'refund-failed'"
                " ELSE 'refunded' END, notify_url FROM refund JOIN trade USING (payment_no)"
                " WHERE refund.state = 'open' ORDER BY refund.rowid"
            ).fetchall()
            connection.executemany(
                "UPDATE refund SET state = ? WHERE refund_no = ?",
                [("done" if row[3] == "refunded" else "failed", row[0]) for row in rows],
            )
        return rows

    def hold(self, kind: str, url: str, said: dict[str, Any]) -> None:
        """Keep a notice back until it is released."""
        with self._open() as connection:
            connection.execute("INSERT INTO held (kind, url, said) VALUES (?, ?, ?)", (kind, url, json.dumps(said)))

    def release(self, kind: str | None = None) -> list[tuple[str, dict[str, Any]]]:
        """Hand out the held notices, the oldest first, each to one asker only: where to tell, and what."""
        with self._open() as connection:
            rows = connection.execute(
                "DELETE FROM held WHERE ? IS NULL OR kind = ? RETURNING id, url, said", (kind, kind)
            ).fetchall()
        return [(url, json.loads(said)) for _id, url, said in sorted(rows)]

    def held(self) -> int:
        """Return how many notices are held back."""
        with self._open() as connection:
            return connection.execute("SELECT count(*) FROM held").fetchone()[0]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """Open one immediate transaction, committed at the end."""
        with closing(sqlite3.connect(self.file, timeout=5, isolation_level=None)) as connection:
            connection.executescript(_TABLES)
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
