"""Attack the local stack with wapiti, sqlmap and schemathesis, as nobody and as a shopper; write build/dast/.

It starts MariaDB, uWSGI and nginx as deploy/stack.py does, on loopback, with a demo shop of its own, and ends them. It
is bounded to about ten minutes. The report begins with a table: tool, who, exit status, how much it found. Exit
status 1 when a tool found something or could not run.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import requests

from deploy import stack

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "build" / "dast"
PORT, HTTP_PORT = 8643, 8680
BASE = f"https://localhost:{PORT}"
NAME, PASSWORD = "dast-bee", "pears and lilac 7"
# Where a number, a word or a cursor of the client reaches a query.
TARGETS = ("/axf/search/?q=a*", "/axf/search/suggest/?q=a*", "/axf/checkuser/?username=anna*",
           "/axf/overlay/?goods=475*", "/axf/orders/?status=unpaid*&after=1*",
           "/axf/market/103532*/0*/0*/")  # fmt: skip
WAPITI_MODULES = "backup,csp,crlf,exec,file,permanentxss,redirect,shellshock,sql,ssrf,xss,xxe"


@dataclass
class Finding:
    """What one tool said."""

    tool: str
    who: str
    status: int
    found: list[str]


def main() -> int:
    """Run all tools, write the report, say where it is."""
    parser = argparse.ArgumentParser(description="Attack the local stack.")
    parser.add_argument("--seconds", type=int, default=75, help="how long each tool may run (default %(default)s)")
    seconds = parser.parse_args().seconds
    OUT.mkdir(parents=True, exist_ok=True)
    findings = []
    with tempfile.TemporaryDirectory(prefix="axf-dast") as folder:
        with stack.serving(Path(folder), PORT, HTTP_PORT):
            for who, cookies, token in (("anonymous", {}, ""), ("shopper", *log_in(Path(folder) / "certificate.pem"))):
                findings += [
                    schemathesis(who, cookies, token, seconds),
                    sqlmap(who, cookies, seconds),
                    # The last: it sends every form, the one that logs out too.
                    wapiti(who, cookies, seconds, Path(folder)),
                ]
        findings.append(errors_of(Path(folder)))
    report(findings)
    return int(any(each.found or each.status not in (0, 124) for each in findings))


def log_in(certificate: Path) -> tuple[dict[str, str], str]:
    """Register a shopper; return the cookies and a form token."""
    browser = requests.Session()
    browser.trust_env, browser.verify = False, str(certificate)
    token = token_of(browser, "/axf/register/")
    fields = {"csrf_token": token, "username": NAME, "password": PASSWORD, "repeat": PASSWORD, "agrees": "y"}
    answer = browser.post(f"{BASE}/axf/register/", data=fields, headers={"Sec-Fetch-Site": "same-origin"}, timeout=20)
    answer.raise_for_status()
    token = token_of(browser, "/axf/account/")
    return dict(browser.cookies), token


def token_of(browser: requests.Session, path: str) -> str:
    """Return the token of the first form of a page. Raises SystemExit where there is none."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(f"{BASE}{path}", timeout=20).text)
    if found is None:
        raise SystemExit(f"no form at {path}")
    return found[1]


def wapiti(who: str, cookies: dict[str, str], seconds: int, folder: Path) -> Finding:
    """Crawl and attack every form and link."""
    result = OUT / f"wapiti-{who}.json"
    result.unlink(missing_ok=True)
    command = ["wapiti", "-u", f"{BASE}/axf/home/", "--scope", "domain", "-m", WAPITI_MODULES, "--verify-ssl", "0",
               "--max-scan-time", str(seconds), "--max-attack-time", str(max(5, seconds // 6)),
               "--flush-session", "--no-bugreport",
               "--store-session", str(folder / f"wapiti-{who}"), "-f", "json", "-o", str(result)]  # fmt: skip
    if cookies:
        command += ["-H", f"Cookie: {header_of(cookies)}"]
    status = run(command, f"wapiti-{who}", seconds * 3)
    if not result.exists():
        return Finding("wapiti", who, status or 1, [])
    told = json.loads(result.read_text())["vulnerabilities"]
    lines = [f"{kind}: {each['method']} {each['path']}: {each['info']}" for kind, all_ in told.items() for each in all_]
    return Finding("wapiti", who, status, sorted(set(lines)))


def sqlmap(who: str, cookies: dict[str, str], seconds: int) -> Finding:
    """Try to inject SQL where the client's words reach a query."""
    found, worst = [], 0
    for number, path in enumerate(TARGETS):
        name = f"sqlmap-{who}-{number}"
        command = ["sqlmap", "-u", f"{BASE}{path}", "--batch", "--level", "1", "--risk", "1",
                   "--dbms", "mysql", "--technique", "BEU", "--flush-session", "--disable-coloring",
                   "--timeout", "10", "--retries", "1",
                   "--ignore-code", "400,401,404,429", "--output-dir", str(OUT / "sqlmap")]  # fmt: skip
        if cookies:
            command += ["--cookie", header_of(cookies)]
        status = run(command, name, max(10, seconds // 3))
        worst = max(worst, status if status != 124 else 0)
        if "is vulnerable" in (said := (OUT / f"{name}.log").read_text()) or "injection point(s)" in said:
            found.append(f"{path}: see {name}.log")
    return Finding("sqlmap", who, worst, found)


def schemathesis(who: str, cookies: dict[str, str], token: str, seconds: int) -> Finding:
    """Send what the OpenAPI document allows, and what it does not; no answer may be an error of ours."""
    command = [str(stack.BIN / "schemathesis"), "run", str(ROOT / "docs" / "openapi.yaml"), "--url", BASE,
               "--tls-verify", "false", "--max-examples", "10", "--rate-limit", "8/s", "--no-color",
               "--checks", "not_a_server_error,content_type_conformance,response_schema_conformance",
               "-H", "Sec-Fetch-Site: same-origin", "-H", "X-Requested-With: XMLHttpRequest"]  # fmt: skip
    if cookies:
        command += ["-H", f"Cookie: {header_of(cookies)}", "-H", f"X-CSRFToken: {token}", "-H", f"Referer: {BASE}/"]
    status = run(command, f"schemathesis-{who}", seconds * 3)
    said = (OUT / f"schemathesis-{who}.log").read_text()
    found = re.findall(r"^- ST\d+ .*$", said, re.MULTILINE)
    return Finding("schemathesis", who, 0 if status == 1 and found else status, sorted(set(found)))


def errors_of(folder: Path) -> Finding:
    """Return the errors that the shop itself logged meanwhile."""
    log = folder / "uwsgi.log"
    shutil.copy(log, OUT / "uwsgi.log")
    lines = [line for line in log.read_text(errors="replace").splitlines() if "unhandled error" in line]
    return Finding("the shop's log", "both", 0, sorted({re.sub(r"^\S+ \S+ ", "", line) for line in lines}))


def run(command: list[str], name: str, seconds: int) -> int:
    """Run a tool with its words in a log; 124 when its time was up, 127 when it is not installed."""
    print(f"{name} …", flush=True)
    environment = {"PATH": stack.SYSTEM, "HOME": str(OUT), "LC_ALL": "C.UTF-8"}
    with (OUT / f"{name}.log").open("wb") as out:
        try:
            done = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, check=False,
                                  timeout=seconds, env=environment)  # fmt: skip
        except subprocess.TimeoutExpired:
            return 124
        except FileNotFoundError:
            return 127
    return done.returncode


def header_of(cookies: dict[str, str]) -> str:
    """Return the value of a Cookie header."""
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def report(findings: list[Finding]) -> None:
    """Write and print what was found."""
    lines = ["# What the attacks found", "", "| tool | as | exit | found |", "|---|---|---|---|"]
    lines += [f"| {each.tool} | {each.who} | {each.status} | {len(each.found)} |" for each in findings]
    for each in findings:
        lines += (
            ["", f"## {each.tool}, {each.who}", "", *(f"- {line}" for line in each.found[:200])] if each.found else []
        )
    (OUT / "report.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines), f"\nThe report and all logs are in {OUT}.")


if __name__ == "__main__":
    sys.exit(main())
