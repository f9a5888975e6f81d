"""Our own semgrep rules find what they are for, and nothing else."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RULES = ROOT / "tools" / "semgrep" / "axf.yaml"
HEAD = "from flask import request, redirect\n"
# By rule: lines that it must find, lines that it must let pass.
EXAMPLES = {
    "sql-built-from-text": (
        ['db.execute(f"DELETE FROM goods WHERE id = {n}")', 'db.execute("SELECT %s" % n)',
         'db.exec_driver_sql("SELECT " + name)'],
        ['db.execute(select(Goods).where(Goods.id == n))', 'db.execute("SELECT 1")'],
    ),
    "text-built-from-text": (
        ['text(f"price > {n}")', 'text("price > {}".format(n))', 'literal_column(f"{name}")'],
        ['text("price > :least")'],
    ),
    "order-by-request": (
        ['query.order_by(request.args["sort"])', 'query.order_by(getattr(Goods, name))', 'query.order_by(text(name))'],
        ['query.order_by(*SORTS[sort])', 'query.order_by(Goods.id)'],
    ),
    "markup-from-code": (['page = Markup(name)', 'render_template_string(name)'], ['page = Markup("<br>")']),
    "float-on-money": (['x = float(price)', 'x = float(order.payable)'], ['x = float(kilograms)', 'x = price // 2']),
    "clock-beside-the-clock": (
        ['datetime.now(UTC)', 'datetime.utcnow()', 'date.today()'], ['clock.now()', 'clock.today()'],
    ),
    "redirect-from-request": (
        ['redirect(request.args["next"])', 'redirect(request.values.get("next") or home, 303)',
         'redirect(request.referrer)'],
        ['redirect(safe_path(request.args.get("next")) or home)', 'redirect(home)'],
    ),
    "write-by-query-string": (
        ['@bp.post("/x/")\ndef x():\n    return request.args["goods"]'],
        ['@bp.post("/x/")\ndef x():\n    return request.form["a"]', '@bp.get("/x/")\ndef x():\n    request.args'],
    ),
    "file-by-request": (
        ['open(request.args["file"])', 'Path(request.form["file"])', 'upload.save(upload.filename)'],
        ['open(folder / made_name())', 'Path(folder)'],
    ),
    "yaml-load": (['yaml.load(words)'], ['yaml.safe_load(words)']),
    "unpickling": (['pickle.loads(words)', 'pickle.load(file)'], ['json.loads(words)']),
    "running-text": (
        ['subprocess.run(words, shell=True)', 'os.system(words)', 'eval(words)'], ['subprocess.run(["ls", name])'],
    ),
    "int-of-request": (
        ['int(request.args["page"])', 'int(request.form.get("n", 1))', 'request.args.get("n", type=int)'],
        ['int(number)', 'request.args.get("n")'],
    ),
    "secrets-by-random": (
        ['token = random.choice(letters)', 'the_code = random.randint(1, 9)'],
        ['token = secrets.token_urlsafe(32)', 'goods = random.choice(rows)'],
    ),
    "certificate-unchecked": (
        ['get(url, verify=False)', 'context.check_hostname = False'], ['get(url)', 'context.check_hostname = True'],
    ),
}  # fmt: skip
PAGES = {"safe-filter": (["{{ words|safe }}", "{% autoescape false %}"], ["{{ words }}", "{{ safe_words|local }}"])}


def found_in(folder: Path) -> set[str]:
    """Return ``rule file`` for all that is found; one run, because its start takes seconds."""
    semgrep = Path(sys.executable).with_name("semgrep")
    if not semgrep.exists():
        pytest.skip("semgrep is not installed")
    shutil.copy(RULES, folder / "rules.yaml")
    command = [semgrep, "scan", "--config", "rules.yaml", "--metrics", "off", "--disable-version-check", "--json",
               "--no-git-ignore", "code"]  # fmt: skip
    environment = os.environ | {"PATH": f"{semgrep.parent}:{os.environ['PATH']}", "HOME": str(folder)}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment, check=False)
    report = json.loads(done.stdout)
    assert report["errors"] == []
    return {f"{each['check_id'].split('.')[-1]} {Path(each['path']).name}" for each in report["results"]}


def test_each_rule_finds_the_bad_and_lets_the_good_pass(tmp_path):
    (tmp_path / "code").mkdir()
    wanted = set()
    for suffix, examples in ((".py", EXAMPLES), (".html", PAGES)):
        for rule, (bad, good) in examples.items():
            for kind, lines in (("bad", bad), ("good", good)):
                for number, line in enumerate(lines):
                    name = f"{rule}_{kind}_{number}{suffix}"
                    (tmp_path / "code" / name).write_text((HEAD if suffix == ".py" else "") + line + "\n")
                    if kind == "bad":
                        wanted.add(f"{rule} {name}")
    found = found_in(tmp_path)
    own = {each for each in found if each.split()[1].startswith(each.split()[0] + "_")}
    assert wanted == own


def test_every_rule_has_its_examples():
    rules = {line.split()[-1] for line in RULES.read_text().splitlines() if line.startswith("  - id:")}
    assert rules == {*EXAMPLES, *PAGES}
