"""What nginx and uWSGI do together, with the shipped files."""

import gzip
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time

import pytest

from axf import assets
from deploy import collect, render, stack
from tests.conftest import FRUIT
from tests.deploy.conftest import HOST, Stack, speaks_tls

pytestmark = [pytest.mark.mariadb, pytest.mark.xdist_group("stack")]
HOME = "/axf/home/"


def test_nginx_takes_the_file_without_a_warning(shop: Stack):
    file = shop.folder / "nginx.conf"
    done = subprocess.run(
        [stack.program("nginx", "nginx"), "-t", "-c", file, "-e", f"{shop.folder}/log/error.log"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, "[warn]" in done.stderr) == (0, False), done.stderr


def test_home_comes_over_tls_with_every_header(shop: Stack):
    answer = shop.ask(HOME)
    assert (answer.status, answer["Server"], answer["Set-Cookie"]) == (200, "nginx", None)
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "no-cache")
    assert answer["X-Accel-Expires"] is None
    assert re.fullmatch(r"[0-9a-f]{32}", answer["X-Request-ID"])
    assert gzip.decompress(shop.ask(HOME, Accept_Encoding="gzip").body) == answer.body


def test_http_leads_to_https_and_strangers_get_nothing(shop: Stack):
    plain = http.client.HTTPConnection("127.0.0.1", shop.http_port, timeout=10)
    plain.request("GET", "/axf/market/?a=b", headers={"Host": HOST})
    answer = plain.getresponse()
    assert (answer.status, answer.headers["Location"]) == (308, f"https://{shop.authority}/axf/market/?a=b")
    plain.close()
    plain.request("GET", HOME, headers={"Host": "evil.example"})
    with pytest.raises(ConnectionResetError):
        plain.getresponse()
    plain.close()
    assert (speaks_tls(shop.port, HOST), speaks_tls(shop.port, "evil.example"), speaks_tls(shop.port, None)) == (
        True, False, False,
    )  # fmt: skip
    assert shop.ask(HOME, Host="evil.example").status == 421


@pytest.mark.parametrize("method", ["TRACE", "OPTIONS", "PUT", "DELETE", "PROPFIND"])
def test_other_methods_are_refused(shop: Stack, method):
    assert shop.ask(HOME, method).status == 405


def test_static_files_are_kept_for_a_year_and_compressed_once(shop: Stack):
    source = assets.site_css(collect.SOURCE)
    hashed = shop.ask("/static/css/site.css?v=0123456789ab", Accept_Encoding="gzip")
    assert hashed["Cache-Control"] == "public, max-age=31536000, immutable"
    assert hashed["Content-Encoding"] == "gzip"
    assert hashed.body == (shop.folder / "static" / "css" / "site.css.gz").read_bytes()
    assert gzip.decompress(hashed.body) == source
    plain = shop.ask("/static/css/site.css")
    assert (plain["Cache-Control"], plain["Content-Encoding"], plain.body) == ("public, max-age=86400", None, source)
    assert plain["X-Content-Type-Options"] == "nosniff"
    page = shop.ask(HOME).body.decode()
    for path in re.findall(r'"(/static/[^"]+)"', page):
        assert shop.ask(path).status == 200, path


def test_static_files_come_as_brotli_where_the_module_is(shop: Stack):
    if not (render.BROTLI.exists() and collect.BROTLI):
        if os.environ.get("AXF_TESTS_MUST_NOT_SKIP"):
            pytest.fail("nginx's module or brotli is not installed and AXF_TESTS_MUST_NOT_SKIP is set")
        pytest.skip("nginx's module or brotli is not installed")
    small = shop.ask("/static/css/site.css?v=0123456789ab", Accept_Encoding="gzip, br")
    assert (small["Content-Encoding"], small["Vary"]) == ("br", "Accept-Encoding")
    assert small["Cache-Control"] == "public, max-age=31536000, immutable"
    plain = subprocess.run([collect.BROTLI, "-dc", "-"], input=small.body, capture_output=True, check=True).stdout
    assert plain == assets.site_css(collect.SOURCE)
    assert len(small.body) < len(shop.ask("/static/css/site.css", Accept_Encoding="gzip").body)


def test_uploads_are_pictures_and_nothing_else(shop: Stack):
    folder = shop.folder / "media" / "avatar" / "ab"
    folder.mkdir(parents=True, exist_ok=True)
    name = "0" * 30
    (folder / f"{name}-64.webp").write_bytes(b"<script>")
    (folder / "page.html").write_text("<script>")
    (folder / f"{name}-65.webp").symlink_to("/etc/passwd")
    answer = shop.ask(f"/axf/media/avatar/ab/{name}-64.webp")
    assert (answer.status, answer["Content-Type"], answer.body) == (200, "image/webp", b"<script>")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    paths = ["avatar/ab/page.html", f"avatar/ab/{name}-65.webp", "avatar/", "avatar/ab/%2e%2e/%2e%2e/x-1.webp"]
    assert [shop.ask(f"/axf/media/{path}").status for path in paths] == [404, 403, 404, 404]


def test_a_picture_that_is_not_in_the_folder_is_asked_of_the_shop(shop: Stack):
    answers = [shop.ask(f"/axf/media/avatar/ab/{'1' * 30}-64.webp") for _ in range(2)]
    assert [(answer.status, answer["X-Cache"]) for answer in answers] == [(404, "MISS")] * 2


@pytest.mark.parametrize(
    ("version", "is_spoken"),
    [("TLSv1", False), ("TLSv1_1", False), ("TLSv1_2", True), ("TLSv1_3", True)],
)
def test_old_versions_of_tls_are_refused(shop: Stack, version, is_spoken):
    assert speaks_tls(shop.port, HOST, getattr(ssl.TLSVersion, version)) is is_spoken


@pytest.mark.parametrize("path", ["/.git/config", "/.env", "/static/.css", "/axf/.htaccess", "/metrics", "/metrics/x"])
def test_what_is_nobodys_business_is_not_there(shop: Stack, path):
    assert shop.ask(path).status == 404


def test_readiness_is_told_on_this_host_only(shop: Stack):
    assert shop.ask("/readyz", source="127.0.0.2").status == 403
    ready = shop.ask("/readyz")
    assert (ready.status, set(json.loads(ready.body)["checks"].values())) == (200, {"ok"})
    (shop.run / "draining").touch()
    taken_away = shop.ask("/readyz")
    (shop.run / "draining").unlink()
    assert (taken_away.status, json.loads(taken_away.body)["ready"]) == (503, False)
    assert shop.ask("/healthz", source="127.0.0.2").status == 200


@pytest.mark.parametrize("path", [HOME, f"/axf/market/{FRUIT}/0/0/", "/axf/goods/475/", "/axf/search/?q=", "/sw.js"])
def test_a_kept_page_is_the_same_for_everybody(shop: Stack, path):
    path += f"{'&' if '?' in path else '?'}fresh={time.monotonic_ns()}"
    first = shop.ask(path, Cookie=f"__Host-ticket={shop.ticket}; __Host-axf_session=mine; lang=zh")
    second = shop.ask(path, Cookie="__Host-ticket=another")
    assert (first["X-Cache"], second["X-Cache"]) == ("MISS", "HIT")
    assert (first.status, second.status, second.body) == (200, 200, first.body)
    for answer in (first, second):
        assert (answer["Set-Cookie"], "Cookie" in (answer["Vary"] or "")) == (None, False)
        assert b"anna" not in answer.body
    assert first["X-Request-ID"] != second["X-Request-ID"]
    assert shop.ask(path, If_None_Match=first["ETag"]).status == 304
    english = shop.ask(path, Cookie="lang=en; __Host-ticket=another")
    assert (english["X-Cache"], shop.ask(path, Cookie="lang=fr")["X-Cache"]) == ("MISS", "HIT")


def test_who_asks_for_the_headers_alone_is_told_of_the_same_copy(shop: Stack):
    path = f"{HOME}?fresh={time.monotonic_ns()}"
    answers = [shop.ask(path, method) for method in ("HEAD", "HEAD", "GET")]
    assert [(each.status, each["X-Cache"]) for each in answers] == [(200, "MISS"), (200, "HIT"), (200, "HIT")]
    assert [len(each.body) for each in answers[:2]] == [0, 0]
    assert answers[0]["ETag"] == answers[2]["ETag"]
    assert answers[2].body.endswith(b"</html>")
    assert (shop.ask(HOME, "POST").status, shop.ask("/axf/cart/", "HEAD").body) == (405, b"")


@pytest.mark.parametrize("path", ["/axf/search/suggest/?q=a", "/axf/regions/?of=310000"])
def test_public_data_is_kept_too(shop: Stack, path):
    answers = [shop.ask(path, Cookie=f"__Host-ticket={shop.ticket}") for _ in range(2)]
    assert [(each.status, each["X-Cache"], each["Set-Cookie"]) for each in answers] == [
        (200, "MISS", None), (200, "HIT", None),
    ]  # fmt: skip
    assert answers[0].body == answers[1].body


POISON = {
    "X_Requested_With": "XMLHttpRequest", "Accept": "application/json", "Accept_Language": "en", "Range": "bytes=0-9",
    "X_Forwarded_Host": "evil.example", "X_Forwarded_Prefix": "/evil", "X_Forwarded_Proto": "http",
    "Forwarded": "host=evil.example", "X_Original_URL": "/axf/mine/", "X_Rewrite_URL": "/axf/mine/",
    "X_HTTP_Method_Override": "POST", "Origin": "https://evil.example", "Sec_Fetch_Site": "cross-site",
    "Cookie": "lang=en\"; lang=<b>; __Host-axf_session=theirs",
}  # fmt: skip


@pytest.mark.parametrize("path", [HOME, "/axf/goods/475/", "/axf/search/?q=", "/axf/search/suggest/?q=a"])
def test_what_the_first_asker_sends_is_not_kept_for_the_others(shop: Stack, path):
    path += "&" if "?" in path else "?"
    clean, poisoned = (f"fresh={time.monotonic_ns()}" for _ in range(2))
    usual = shop.ask(path + clean)
    shop.ask(path + poisoned, **POISON)
    kept = shop.ask(path + poisoned)
    assert (usual.status, kept.status, kept["X-Cache"]) == (200, 200, "HIT")
    assert kept.body.replace(poisoned.encode(), b"") == usual.body.replace(clean.encode(), b"")
    assert (kept["Content-Type"], kept["Vary"]) == (usual["Content-Type"], usual["Vary"])


def test_private_pages_are_not_kept(shop: Stack):
    for path in ("/axf/mine/", "/axf/overlay/?goods=475", "/axf/goods/475/alert/"):
        mine = shop.ask(path, Cookie=f"__Host-ticket={shop.ticket}")
        theirs = shop.ask(path)
        assert (mine["X-Cache"], theirs["X-Cache"]) == (None, None), path
        assert (mine["Cache-Control"], mine.body == theirs.body) == ("private, no-store", False), path


def test_what_a_client_says_about_proxies_is_not_believed(shop: Stack):
    form = {"Content_Type": "application/x-www-form-urlencoded", "X_Forwarded_Host": "evil.example"}
    ours = shop.ask("/axf/language/", "POST", "to=en", Origin=f"https://{shop.authority}", **form)
    assert (ours.status, "Secure" in ours["Set-Cookie"]) == (303, True)
    assert shop.ask("/axf/language/", "POST", "to=en", Origin="https://evil.example", **form).status == 403


def test_a_flood_of_logins_is_refused_and_others_go_on(shop: Stack):
    flood = [shop.ask("/axf/login/", "POST") for _ in range(30)]
    assert [each.status for each in flood[:21]] == [400] * 21
    last = flood[-1]
    assert (last.status, last["Retry-After"], last["Content-Type"]) == (429, "10", "text/html; charset=utf-8")
    assert "操作太频繁了" in last.body.decode() and "too fast" in last.body.decode()
    script = shop.ask("/axf/login/", "POST", X_Requested_With="XMLHttpRequest")
    assert (script.status, json.loads(script.body)["code"]) == (429, "too-many-tries")
    assert shop.ask("/axf/login/").status == 200
    assert shop.ask("/axf/login/", "POST", source="127.0.0.3").status == 400


@pytest.mark.parametrize(("path", "mebibytes"), [("/axf/register/", 10), ("/axf/reviews/1/add/", 3)])
def test_too_large_a_body_is_refused_in_both_languages(shop: Stack, path, mebibytes):
    answer = shop.ask(path, "POST", "x" * mebibytes * 1024 * 1024)
    assert (answer.status, "too much data" in answer.body.decode()) == (413, True)


def test_without_uwsgi_known_pages_stay_and_others_say_sorry(shop: Stack):
    shop.ask("/axf/goods/475/")
    time.sleep(6)
    kept = shop.ask("/axf/goods/475/")
    assert kept["X-Cache"] == "EXPIRED"
    time.sleep(6)
    with shop.without_uwsgi():
        again = shop.ask("/axf/goods/475/", Cookie=f"__Host-ticket={shop.ticket}")
        page, script = shop.ask("/axf/cart/"), shop.ask("/axf/overlay/", X_Requested_With="XMLHttpRequest")
        written, style = shop.ask("/axf/addtocart/?goodsid=475", "POST"), shop.ask("/static/css/empty.css")
    assert (again.status, again["X-Cache"], again.body) == (200, "STALE", kept.body)
    for answer in (page, script, written):
        assert (answer.status, answer["Retry-After"], answer["Cache-Control"]) == (503, "10", "no-store")
        assert answer["Strict-Transport-Security"]
    assert "小店忙不过来了" in page.body.decode() and "cannot keep up" in page.body.decode()
    assert json.loads(script.body)["code"] == "busy"
    assert style.status == 200
    assert shop.ask("/axf/cart/").status != 503


def test_the_sockets_are_not_for_everybody(shop: Stack):
    assert [f"{(shop.run / name).stat().st_mode & 0o777:o}" for name in ("uwsgi.sock", "stats.sock", "fifo")] == [
        "660", "660", "600",
    ]  # fmt: skip


def test_a_chain_reload_under_load_fails_no_request(shop: Stack):
    before, seen, is_over = ready_workers(shop), [], threading.Event()

    def visit() -> None:
        while not is_over.is_set():
            for path in ("/healthz", "/axf/login/", HOME):
                seen.append(shop.ask(path).status)

    visitors = [threading.Thread(target=visit) for _ in range(3)]
    for each in visitors:
        each.start()
    (shop.run / "reload").touch()
    deadline = time.monotonic() + 90
    while (len(now := ready_workers(shop)) < 2 or now & before) and time.monotonic() < deadline:
        time.sleep(0.2)
    is_over.set()
    for each in visitors:
        each.join()
    assert (len(now), now & before) == (2, set())
    assert (set(seen), len(seen) > 50) == ({200}, True)


def test_a_killed_worker_costs_one_request_at_most_and_is_replaced(shop: Stack):
    before, seen, is_over = ready_workers(shop), [], threading.Event()

    def visit() -> None:
        while not is_over.is_set():
            seen.append(shop.ask("/axf/login/").status)

    visitors = [threading.Thread(target=visit) for _ in range(2)]
    for each in visitors:
        each.start()
    victim = min(before)
    time.sleep(0.5)
    os.kill(victim, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while (len(now := ready_workers(shop)) < 2 or victim in now) and time.monotonic() < deadline:
        time.sleep(0.2)
    is_over.set()
    for each in visitors:
        each.join()
    failed = [status for status in seen if status != 200]
    assert (len(now), now & before, len(seen) > 20) == (2, before - {victim}, True)
    assert (len(failed) <= 1, set(failed) <= {503}) == (True, True), failed


def ready_workers(shop: Stack) -> set[int]:
    """Return the process ids of the workers that have loaded the shop, as the stats socket tells them."""
    with socket.socket(socket.AF_UNIX) as stats:
        stats.connect(str(shop.run / "stats.sock"))
        told = b"".join(iter(lambda: stats.recv(65536), b""))
    return {worker["pid"] for worker in json.loads(told)["workers"] if worker["apps"]}


def samples(shop: Stack, source: str = "127.0.0.1") -> tuple[int, dict[str, float]]:
    """Ask the loopback port for the metrics; return the status and the samples."""
    host, _, port = shop.site.metrics.partition(":")
    plain = http.client.HTTPConnection(host, int(port), timeout=10, source_address=(source, 0))
    plain.request("GET", "/metrics")
    answer = plain.getresponse()
    found = re.findall(r"^(axf_\S+(?:\{.*\})?) (\S+)$", answer.read().decode(), re.MULTILINE)
    plain.close()
    return answer.status, {name: float(value) for name, value in found}


def test_metrics_are_summed_over_the_workers_and_stay_when_one_is_replaced(shop: Stack):
    name = 'axf_requests_total{route="/healthz",status="200"}'
    before = samples(shop)[1].get(name, 0)
    clients = [threading.Thread(target=lambda: [shop.ask("/healthz") for _ in range(20)]) for _ in range(4)]
    for each in clients:
        each.start()
    for each in clients:
        each.join()
    seen = [samples(shop)[1] for _ in range(4)]
    assert {each[name] - before for each in seen} == {80}
    assert {each["axf_database_up"] for each in seen} == {1}
    worker = min(ready_workers(shop))
    os.kill(worker, 9)
    deadline = time.monotonic() + 60
    while (len(now := ready_workers(shop)) < 2 or worker in now) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert {samples(shop)[1][name] - before for _ in range(4)} == {80}
    files = {file.name for file in (shop.run / "metrics").glob("counter_worker*")}
    assert files == {"counter_worker1.db", "counter_worker2.db"}
    assert samples(shop, "127.0.0.2")[0] == 403


def test_log_lines_are_json_with_the_number_that_nginx_made(shop: Stack):
    number = shop.ask("/axf/orders/")["X-Request-ID"]
    gone = shop.ask("/axf/gone/?secret=marker-words")["X-Request-ID"]
    time.sleep(0.2)
    told = [json.loads(line) for line in (shop.folder / "uwsgi.log").read_text().splitlines() if line.startswith("{")]
    assert "marker-words" not in (shop.folder / "uwsgi.log").read_text()
    assert [(line["event"], line["status"]) for line in told if line.get("id") == gone] == [
        ("request", 404), ("uwsgi", 404),
    ]  # fmt: skip
    (line,) = [line for line in told if line.get("id") == number]
    assert (line["event"], line["route"], line["status"]) == ("request", "/axf/orders/", 303)


def test_the_log_of_nginx_keeps_no_query(shop: Stack):
    number = shop.ask("/axf/gone/?q=secret-words", Referer="https://localhost/axf/search/?q=secret-words")[
        "X-Request-ID"
    ]
    time.sleep(0.2)
    written = (shop.folder / "log" / "access.log").read_text()
    assert "secret-words" not in written
    (line,) = [told for told in map(json.loads, written.splitlines()) if told["id"] == number]
    assert (line["path"], line["referer"]) == ("/axf/gone/", "https://localhost/axf/search/")
