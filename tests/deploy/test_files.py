"""What deploy/ ships fits together: no server is started but uWSGI's, to see what it refuses."""

import gzip
import http.client
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy import collect, render, stack
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
UNITS = ROOT / "deploy" / "systemd"
TEMPLATE = (ROOT / "deploy" / "nginx.conf").read_text()


def test_every_value_of_nginx_conf_is_filled_in():
    shown = render.render(render.Site(host="shop.example"), TEMPLATE)
    assert "${axf_" not in shown
    assert "user www-data;" in shown
    assert shown.count("server_name shop.example;") == 2
    assert shown.count("\n        listen [::]:443 ssl") == 2
    assert re.findall("listen (.*9180);", shown) == ["127.0.0.1:9180", "[::1]:9180"]
    assert "uwsgi_param HTTP_HOST shop.example;" in shown
    inside = render.render(render.Site(host="shop.example", https="127.0.0.1:8443", ipv6=False, user=""), TEMPLATE)
    assert "uwsgi_param HTTP_HOST shop.example:8443;" in inside
    assert ("\nuser " in inside, "\n        listen [::]" in inside) == (False, False)


@pytest.mark.parametrize(
    "values",
    [{"host": "a b"}, {"host": "x; evil"}, {"host": "Shop.example"}, {"host": ""}, {"host": "a", "log": "/x;}"}],
)
def test_a_value_that_nginx_would_read_otherwise_is_refused(values):
    with pytest.raises(ValueError, match=r"no host name|cannot"):
        render.Site(**values)


ZONES = """
pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ }}
http {{
  access_log off; client_body_temp_path {folder}/b; uwsgi_temp_path {folder}/u; proxy_temp_path {folder}/p;
  fastcgi_temp_path {folder}/f; scgi_temp_path {folder}/s;
  set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;
  {network}
  limit_req_zone $network zone=one:1m rate=1r/m;
  server {{ listen 127.0.0.1:{port}; limit_req zone=one; limit_req_status 429; location / {{ empty_gif; }} }}
}}
"""


def test_nginx_counts_a_home_of_ipv6_as_one(tmp_path: Path):
    (network,) = re.findall(r"map \$binary_remote_addr \$network .*", TEMPLATE)
    file, port = tmp_path / "nginx.conf", free_port()
    file.write_text(ZONES.format(folder=tmp_path, network=network, port=port))
    command = [stack.program("nginx", "nginx"), "-c", file, "-e", tmp_path / "error.log", "-g", "daemon off;"]

    def ask(address: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        connection.request("HEAD", "/", headers={"X-Forwarded-For": address})
        status = connection.getresponse().status
        connection.close()
        return status

    with stack.running(command, tmp_path / "log", lambda: stack.is_open(port)):
        # 0a0a: bytes that a careless pattern would take for the end of a line.
        for first, same, other in (
            ("2001:db8:0:1::1", "2001:db8:0:1:a0a::a0a", "2001:db8:0:2::1"),
            ("203.0.113.10", "203.0.113.10", "203.0.113.11"),
        ):
            assert [ask(each) for each in (first, same, other)] == [200, 429, 200]


@pytest.mark.parametrize(("has_module", "mark"), [(True, ""), (False, "# ")])
def test_brotli_is_used_where_nginx_has_the_module(has_module, mark):
    shown = render.render(render.Site(host="shop.example", brotli=has_module), TEMPLATE)
    assert f"\n{mark}load_module {render.BROTLI};\n" in shown
    assert f"\n            {mark}brotli_static on;\n" in shown


def test_static_files_are_collected_once_and_old_ones_go(tmp_path: Path):
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "css").mkdir(parents=True)
    (source / "css" / "a.css").write_text("a{}" * 400)
    (source / "a.webp").write_bytes(b"picture")
    assert (collect.collect(source, target, None), collect.collect(source, target, None)) == (3, 0)
    assert gzip.decompress((target / "css" / "a.css.gz").read_bytes()).decode() == "a{}" * 400
    (source / "css" / "a.css").write_text("b{}")
    (source / "a.webp").unlink()
    assert collect.collect(source, target, None) == 2
    assert sorted(str(each.relative_to(target)) for each in target.rglob("*.*")) == ["css/a.css", "css/a.css.gz"]


def test_the_locked_packages_are_all_that_any_python_3_11_wants():
    """Debian 12 has 3.11.2, which wants a package more than 3.11.7; with hashes pip takes none that is not locked."""
    lines = re.findall(r"^([\w.-]+)==\S+", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    locked = {canonicalize_name(name) for name in lines}
    missing = set()
    for release in range(15):
        here = {"python_full_version": f"3.11.{release}", "extra": ""}
        for name in locked & {canonicalize_name(each.name) for each in metadata.distributions()}:
            for wanted in map(Requirement, metadata.requires(name) or ()):
                if wanted.marker is None or wanted.marker.evaluate(here):
                    missing |= {canonicalize_name(wanted.name)} - locked
    assert (missing, len(locked) > 50) == (set(), True)


def test_uwsgi_refuses_an_option_that_it_does_not_know(tmp_path: Path):
    ini = tmp_path / "uwsgi.ini"
    ini.write_text((ROOT / "deploy" / "uwsgi.ini").read_text() + "no-such-option = true\n")
    done = subprocess.run([stack.BIN / "uwsgi", "--ini", ini], capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, "no-such-option" in done.stderr) == (1, True)


def test_static_files_do_not_replace_anything_else(tmp_path: Path):
    source, shop = tmp_path / "source", tmp_path / "shop"
    (shop / "media").mkdir(parents=True)
    source.mkdir()
    for file in (source / "a.css", shop / "media" / "a.webp"):
        file.write_text("a{}")
    for target in (shop, source):
        with pytest.raises(collect.Foreign, match="holds other files"):
            collect.collect(source, target, None)
    assert sorted(each.name for each in tmp_path.rglob("*.*")) == ["a.css", "a.webp"]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--port", "0"], 2, "is no port: use a number from 1 to 65535"),
        (["--port", "28443", "--http-port", "28443"], 1, "AXF: https and http cannot both have port 28443."),
        (["--folder", "/proc/stack"], 1, "AXF: no folder can be made at /proc/stack: "),
        (["--folder", "{}/a b"], 1, "AXF: another folder is needed: "),
    ],
)
def test_what_the_stack_cannot_be_started_with_is_one_sentence(tmp_path: Path, arguments, status, words):
    ports = [] if "--port" in arguments else ["--port", str(free_port()), "--http-port", str(free_port())]
    done = subprocess.run(
        [sys.executable, "-m", "deploy.stack", *ports, *(each.format(tmp_path) for each in arguments)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    last = done.stderr.splitlines()[-1]
    assert (done.returncode, words in last, done.stdout) == (status, True, ""), done.stderr


@pytest.fixture
def command(tmp_path: Path):
    """Run a copy of deploy/axf whose flask says what it was given, as root when wanted; give back what was said."""
    shop, bin_of = tmp_path / "shop", tmp_path / "bin"
    for folder in (shop / "deploy", shop / ".venv" / "bin", bin_of, tmp_path / "elsewhere"):
        folder.mkdir(parents=True)
    shutil.copy(ROOT / "deploy" / "axf", shop / "deploy" / "axf")
    (tmp_path / "axf.env").write_text("AXF_ENV=production\n")
    for file, words in {
        shop / ".venv" / "bin" / "flask": 'echo "$AXF_ENV $PWD $*"',
        bin_of / "id": "echo $WHO",
        bin_of / "setpriv": 'echo "$*"',
    }.items():
        file.write_text(f"#!/bin/sh\n{words}\n")
        file.chmod(0o755)

    def run(*arguments: str, who: int = 1000, settings: str = "axf.env") -> subprocess.CompletedProcess:
        known = {"PATH": f"{bin_of}:/usr/bin:/bin", "WHO": str(who), "AXF_ENV_FILE": str(tmp_path / settings)}
        return subprocess.run(
            [shop / "deploy" / "axf", *arguments], env=known, cwd=tmp_path / "elsewhere",
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


def test_a_command_has_the_settings_and_the_folder_that_it_is_typed_in(command, tmp_path: Path):
    done = command("backup", "verify", "axf-1")
    words = f"production {tmp_path}/elsewhere --app {tmp_path}/shop/wsgi.py backup verify axf-1\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, words, "")
    nowhere = command("doctor", settings="gone.env")
    assert (nowhere.returncode, nowhere.stdout) == (1, "")
    assert nowhere.stderr.startswith(f"AXF: {tmp_path}/gone.env cannot be read: be root or axf")


def test_root_becomes_the_shops_user_whose_files_would_else_be_roots(command, tmp_path: Path):
    done = command("order", "expire", who=0)
    assert done.stdout == f"--reuid=axf --regid=axf --init-groups {tmp_path}/shop/deploy/axf order expire\n"


def test_timers_do_what_uwsgi_does_by_the_clock():
    crons = re.findall(
        r"^unique-cron = (?:-?\d+ ){5}(flask .+)$", (ROOT / "deploy" / "uwsgi.ini").read_text(), re.MULTILINE
    )
    timed = []
    for timer in UNITS.glob("*.timer"):
        unit = timer.with_suffix(".service").read_text()
        timed += re.findall(r"^ExecStart=-/srv/axf/\.venv/bin/(flask .+)$", unit, re.MULTILINE)
    assert sorted(timed) == sorted(crons)
    assert len(crons) == 14


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_nothing_wrong_with_the_units():
    for unit in sorted(UNITS.glob("axf-*.*")):
        if unit.is_file():
            done = subprocess.run(
                ["systemd-analyze", "verify", "--man=no", unit], capture_output=True, text=True, check=False
            )
            # The programs are not installed where the tests run, and neither is the database's unit.
            wrong = [line for line in done.stderr.splitlines() if unit.name in line and "is not executable" not in line]
            assert wrong == [], unit.name


def test_the_images_take_files_that_are_there():
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE):
        assert all((ROOT / name).exists() for name in line.split()), line
