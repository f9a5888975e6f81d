"""Three Galera nodes behind HAProxy: checkouts go on while the node that takes them is killed, and nothing is lost.

Run by ``make galera-test``; the suite leaves this folder out, because a cluster takes half a minute to form.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator

import pymysql
import pytest
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from axf.check.invariants import INVARIANTS, check
from axf.core.errors import Busy
from axf.extensions import db
from axf.market.models import Goods, StockMovement
from axf.market.stock import OutOfStock
from axf.order import checkout
from bench import placing
from tests.concurrency.race import race
from tests.conftest import make_app
from tests.galera.cluster import Cluster, Node, missing

pytestmark = [pytest.mark.galera, pytest.mark.mariadb]
HOSTS, SHOPPERS, STOCK = 4, 480, 400
SECONDS = 60


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    if missing():
        pytest.fail(f"a cluster wants {', '.join(missing())} (Debian: apt-get install mariadb-server galera-4 haproxy)")
    cluster = Cluster()
    yield cluster
    cluster.close()


@pytest.fixture(scope="module")
def shop(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory):
    """A shop on the cluster: one goods, too few of it, and many shoppers who have it in their carts."""
    folder = tmp_path_factory.mktemp("shop")
    placing.prepare(cluster.url, folder, SHOPPERS)
    app = make_app(cluster.url, folder)
    with app.app_context():
        db.session.execute(update(Goods).values(stock=STOCK))
        db.session.execute(update(StockMovement).values(delta=STOCK))
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


def buy(number: int) -> list[str]:
    """Place the orders of every fourth shopper; try again with the same token until the shop has answered."""
    said = []
    for user_id in range(placing.FIRST_USER + number, placing.FIRST_USER + SHOPPERS, HOSTS):
        token, deadline = checkout.new_token(), time.monotonic() + SECONDS
        while True:
            try:
                placed = checkout.place(user_id, token, placing.PRICE, placing.wishes(user_id), placing.LIFE)
            except (OutOfStock, checkout.NothingSelected):  # of what is sold out nothing can be selected
                said.append("sold out")
                break
            except (Busy, DBAPIError):
                db.session.remove()
                said.append("again")
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
            else:
                said.append(placed.no)
                break
    return said


def wait_for_orders(node: Node, count: int) -> None:
    """Return when the node knows so many orders."""
    deadline = time.monotonic() + SECONDS
    while node.rows("SELECT COUNT(*) FROM orders")[0][0] < count:
        assert time.monotonic() < deadline, "the checkouts do not go on"
        time.sleep(0.02)


def test_no_order_is_lost_and_nothing_oversold_while_nodes_are_killed(cluster: Cluster, shop, tmp_path):
    said: Counter[str] = Counter()
    buying = threading.Thread(target=lambda: said.update(race(cluster.url, tmp_path, HOSTS, buy)))
    buying.start()
    killed = []
    for count in (STOCK // 4, STOCK // 2):
        wait_for_orders(cluster.nodes[2], count)
        writer = cluster.writer()
        writer.kill()
        killed.append(writer.name)
        wait_for_orders(cluster.nodes[2], count + STOCK // 8)
        cluster.start(writer)
    buying.join()
    assert killed == ["node1", "node2"], "the second killed is the one that took over from the first"

    answers = {no for no in said if no not in ("again", "sold out")}
    assert (len(answers), said["sold out"]) == (STOCK, SHOPPERS - STOCK)
    print(f"tried again {said['again']} times")
    for node in cluster.nodes:
        assert {no for [no] in node.rows("SELECT no FROM orders")} == answers, node.name
        assert node.rows("SELECT stock FROM goods") == ((0,),), node.name
    assert [invariant.name for invariant in INVARIANTS if check(db.engine, invariant, 5).broken] == []


def test_the_way_leads_to_the_node_that_took_over_until_that_fails(cluster: Cluster):
    assert cluster.writer().name == "node1", "node1 came back and took over when node2 was killed"
    assert {node.rows("SHOW STATUS LIKE 'wsrep_cluster_size'")[0][1] for node in cluster.nodes} == {"3"}


def test_two_nodes_that_sell_the_last_one_sell_it_once(cluster: Cluster, shop):
    """The guard without HAProxy's: both nodes take the last piece at once, one of them is told so at COMMIT."""
    db.session.execute(update(Goods).values(stock=1))
    db.session.execute(update(StockMovement).values(delta=StockMovement.delta + 1))
    db.session.commit()
    outcomes = Counter()
    connections = [
        pymysql.connect(unix_socket=str(node.socket), user="root", database="axf") for node in cluster.nodes[:2]
    ]
    cursors = [connection.cursor() for connection in connections]
    for cursor in cursors:
        outcomes["taken"] += cursor.execute(
            "UPDATE goods SET stock = stock - 1 WHERE id = %s AND stock >= 1", (placing.GOODS,)
        )
    for connection in connections:
        try:
            connection.commit()
            outcomes["committed"] += 1
        except pymysql.err.OperationalError as error:
            outcomes[error.args[0]] += 1
        connection.close()
    assert outcomes == {"taken": 2, "committed": 1, 1213: 1}
    assert cluster.nodes[2].rows("SELECT stock FROM goods") == ((0,),)
