"""What an admin reads after a seed command."""

import sys

from axf.seed.report import Report, TableReport, print_report

PLAIN = """\
Demo shop
goods: read 3, added 2, changed 0, unchanged 0, merged 0, skipped 0, refused 1
wheel: read 1, added 0, changed 0, unchanged 0, merged 0, skipped 1, refused 0
wheel: 1 skipped, it is there
refused: goods, line 3: price is 0
"""


def a_report() -> Report:
    report = Report()
    report.of("goods").read = 3
    report.of("goods").added = 2
    report.of("wheel").read = 1
    report.refuse("goods", "line 3", "price is 0")
    report.skip("wheel", 1, "it is there")
    report.skip("nav", 0, "it is there")
    return report


def test_counts_are_kept_for_each_table_and_in_all():
    report = a_report()
    assert report == Report(
        {"goods": TableReport(read=3, added=2, refused=1), "wheel": TableReport(read=1, skipped=1)},
        ["goods, line 3: price is 0"],
        ["wheel: 1 skipped, it is there"],
    )
    assert report.total == TableReport(read=4, added=2, skipped=1, refused=1)


def test_tables_of_which_nothing_was_read_can_be_left_out():
    report = a_report()
    report.of("nav")
    assert report.without_empty_tables() == a_report()


def test_a_pipe_gets_plain_lines(capsys):
    print_report(a_report(), "Demo shop")
    assert capsys.readouterr().out == PLAIN


def test_a_terminal_gets_a_table_with_sums(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "dumb")
    monkeypatch.setenv("COLUMNS", "100")
    print_report(a_report(), "Demo shop")
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert lines[0] == ["Demo", "shop"]
    assert lines[1] == ["table", "read", "added", "changed", "unchanged", "merged", "skipped", "refused"]
    assert lines[3:6] == [
        ["goods", "3", "2", "0", "0", "0", "0", "1"],
        ["wheel", "1", "0", "0", "0", "0", "1", "0"],
        ["in", "all", "4", "2", "0", "0", "0", "1", "1"],
    ]


def test_only_the_first_20_reasons_are_printed(capsys):
    report = Report()
    for line in range(1, 24):
        report.refuse("goods", f"line {line}", "price is 0")
    print_report(report, "Catalogue")
    lines = capsys.readouterr().out.splitlines()
    assert lines[-3:] == ["refused: goods, line 20: price is 0", "refused: 3 more rows", "Nothing changed."]


def test_nothing_changed_is_said(capsys):
    print_report(Report({"goods": TableReport(read=1, unchanged=1)}), "Catalogue")
    assert capsys.readouterr().out.splitlines()[-1] == "Nothing changed: everything was already there."
