"""``flask delivery``."""

import pytest
import time_machine
from sqlalchemy import func, select

from axf.delivery import areas, slots
from axf.delivery.models import DeliveryArea, DeliverySlot
from axf.extensions import db
from tests.delivery.test_slots import MORNING

NOW = MORNING.replace(day=2)
SAVE = ("areas", "save", "朝阳")


@pytest.fixture
def run(app):
    """Run ``flask delivery …`` on 2026-03-02 at 08:00 in Shanghai and return its result."""

    def invoke(*arguments: str):
        with time_machine.travel(NOW, tick=False):
            found = app.test_cli_runner().invoke(args=["delivery", *arguments])
        db.session.rollback()
        return found

    return invoke


@pytest.fixture
def chaoyang(run) -> int:
    """The id of an area 朝阳 with a day's slots, 09:00–11:00 and on."""
    assert run(*SAVE, "--name-en", "Chaoyang", "--fee", "5.90", "--district", "110105").exit_code == 0
    assert run("slots", "fill", "--days", "1").output == "5 slots made.\n"
    return areas.area_of("110105").id


def first_slot(area_id: int) -> int:
    return slots.offered(area_id, NOW)[0].id


def counts() -> tuple[int, int]:
    return tuple(db.session.scalar(select(func.count()).select_from(model)) for model in (DeliveryArea, DeliverySlot))


def test_save_makes_an_area_with_all_it_is_given(run):
    found = run(
        *SAVE, "--name-en", "Chaoyang", "--fee", "5.9", "--free-from", "59", "--minimum", "19.90", "--opens", "08:30",
        "--closes", "24:00", "--slot-minutes", "30", "--capacity", "7", "--cutoff-minutes", "15", "--district",
        "110105", "--district", "110108",
    )  # fmt: skip
    assert (found.exit_code, found.output) == (0, "Area 朝阳 is made.\n")
    (view,) = areas.list_areas()
    area = view.area
    assert (area.name, area.name_en, area.fee, area.free_from, area.minimum) == ("朝阳", "Chaoyang", 590, 5900, 1990)
    assert (area.opens_at, area.closes_at, area.slot_minutes) == (510, 1440, 30)
    assert (area.capacity, area.cutoff_minutes, area.is_open, view.districts) == (7, 15, True, ["110105", "110108"])


def test_save_changes_only_what_it_is_given(run, chaoyang):
    found = run(*SAVE, "--free-from", "59")
    assert (found.exit_code, found.output) == (0, "Area 朝阳 is saved.\n")
    terms = areas.area_of("110105")
    assert (terms.fee, terms.free_from) == (590, 5900)
    run(*SAVE, "--free-from", "never", "--fee", "0", "--opens", "00:00")
    area = areas.list_areas()[0].area
    assert (area.fee, area.free_from, area.opens_at, area.closes_at) == (0, None, 0, 1260)
    run(*SAVE, "--district", "none")
    assert areas.area_of("110105") is None


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--fee", "abc"), "--fee: 'abc' is not a sum in yuan like 5.90"),
        (("--fee", "-1"), "--fee: '-1' is not a sum in yuan like 5.90"),
        (("--fee", "5.905"), "--fee: '5.905' is not a sum in yuan like 5.90"),
        (("--fee", "NaN"), "--fee: 'NaN' is not a sum in yuan like 5.90"),
        (("--minimum", ""), "--minimum: '' is not a sum in yuan like 5.90"),
        (("--minimum", "1e3"), "--minimum: '1e3' is not a sum in yuan like 5.90"),
        (("--free-from", "always"), "--free-from: 'always' is not a sum in yuan like 5.90"),
        (("--opens", "9:00"), "--opens: '9:00' is not a time like 09:00, at most 24:00"),
        (("--opens", "０9:00"), "--opens: '０9:00' is not a time like 09:00, at most 24:00"),
        (("--closes", "24:01"), "--closes: '24:01' is not a time like 09:00, at most 24:00"),
        (("--closes", "21:60"), "--closes: '21:60' is not a time like 09:00, at most 24:00"),
        (("--opens", "24:00"), "opens at is 1440, not 0 to 1439"),
        (("--opens", "21:00"), "not one slot fits between opening and closing"),
        (("--slot-minutes", "0"), "slot minutes is 0, not 15 to 1440"),
        (("--capacity", "-1"), "capacity is -1, not 0 to 10000"),
        (("--cutoff-minutes", "99999999999999999999"), "cutoff minutes is 99999999999999999999, not 0 to 10080"),
        (("--district", "1101"), "district '1101' is not six digits"),
        (("--district", "110199"), "there is no district 110199"),
        (("--district", "朝阳区"), "district '朝阳区' is not six digits"),
        (("--district", "none", "--district", "110105"), "district 'none' is not six digits"),
    ],
)
def test_wrong_values_are_told_in_one_sentence_and_change_nothing(run, chaoyang, options, sentence):
    found = run(*SAVE, *options)
    assert (found.exit_code, found.output) == (2 if sentence.startswith("--") else 1, f"Error: {sentence}\n")
    terms = areas.area_of("110105")
    assert (terms.fee, terms.free_from, terms.minimum) == (590, None, 0)


def test_a_new_area_needs_an_english_name(run):
    found = run(*SAVE, "--district", "110105")
    assert (found.exit_code, found.output.count("\n")) == (1, 1)
    assert "an English one" in found.output
    assert counts() == (0, 0)


def test_a_district_of_another_area_is_told(run, chaoyang):
    found = run("areas", "save", "海淀", "--name-en", "Haidian", "--district", "110105")
    assert (found.exit_code, found.output) == (1, "Error: district 110105 is in area 朝阳 already\n")
    assert counts() == (1, 5)


def test_areas_are_listed_and_never_cut(run, chaoyang, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    run(*SAVE, "--free-from", "1234.56", *(f"--district={code}" for code in range(310104, 310108)))
    run("areas", "save", "[red]海淀", "--name-en", "Haidian", "--opens", "00:00", "--closes", "24:00")
    run("areas", "close", "[red]海淀")
    found = run("areas", "list")
    assert found.exit_code == 0
    words = [
        "朝阳",
        "Chaoyang",
        "¥5.90",
        "¥1,234.56",
        "09:00–21:00",
        "120 min",
        "60 min",
        "[red]海淀",
        "never",
        "closed",
    ]
    words += ["00:00–24:00", *map(str, range(310104, 310108))]
    assert [word for word in words if word not in found.output] == []
    assert "…" not in found.output


def test_lists_of_nothing_are_no_error(run):
    assert [run(*words).exit_code for words in (("areas", "list"), ("slots", "list"))] == [0, 0]
    assert run("slots", "fill").output == "0 slots made.\n"


def test_an_area_is_closed_and_opened_as_often_as_one_likes(run, chaoyang):
    for _ in range(2):
        found = run("areas", "close", "朝阳")
        assert (found.exit_code, found.output) == (0, "Area 朝阳 is closed.\n")
    assert areas.area_of("110105") is None
    for _ in range(2):
        assert run("areas", "open", "朝阳").output == "Area 朝阳 is open.\n"
    assert areas.area_of("110105").id == chaoyang


def test_slots_are_listed_with_their_state(run, chaoyang, monkeypatch):
    monkeypatch.setenv("COLUMNS", "30")
    # At 08:00 the slot of 09:00 is over already and was never made.
    first, second = (slot.id for slot in slots.offered(chaoyang, NOW)[:2])
    slots.take(db.session, first, chaoyang, NOW)
    db.session.commit()
    run("slots", "close", str(second))
    lines = [line.split() for line in run("slots", "list").output.splitlines() if "朝阳" in line]
    assert lines[0] == [str(first), "朝阳", "2026-03-02", "11:00–13:00", "1/20", "2026-03-02", "10:00", "open"]
    assert [line[-1] for line in lines] == ["open", "closed", "open", "open", "open"]


def test_slots_are_listed_by_area_and_day(run, chaoyang):
    run("areas", "save", "海淀", "--name-en", "Haidian", "--district", "110108")
    assert run("slots", "fill").exit_code == 0
    only = run("slots", "list", "--area", "海淀", "--day", "2026-03-03").output
    assert ("朝阳" in only, only.count("海淀"), only.count("2026-03-02")) == (False, 6, 0)
    assert "朝阳" in run("slots", "list", "--day", "2026-03-03").output
    assert "朝阳" not in run("slots", "list", "--day", "2026-03-01").output


def test_fill_is_idempotent(run, chaoyang):
    assert run("slots", "fill").output == "36 slots made.\n"
    assert run("slots", "fill").output == "0 slots made.\n"


def test_a_slot_is_closed_and_reopened(run, chaoyang):
    slot_id = first_slot(chaoyang)
    for _ in range(2):
        assert run("slots", "close", str(slot_id)).output == f"Slot {slot_id} is closed.\n"
    assert first_slot(chaoyang) != slot_id
    for _ in range(2):
        assert run("slots", "reopen", str(slot_id)).output == f"Slot {slot_id} is open.\n"
    assert first_slot(chaoyang) == slot_id


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("areas", "open", "西"), "there is no area 西"),
        (("areas", "close", ""), "there is no area "),
        (("slots", "list", "--area", "' OR 1=1"), "there is no area ' OR 1=1"),
        (("slots", "list", "--day", "2026-02-30"), "--day: '2026-02-30' is not a day like 2026-11-22"),
        (("slots", "list", "--day", "tomorrow"), "--day: 'tomorrow' is not a day like 2026-11-22"),
        (("slots", "close", "2147483647"), "there is no slot 2147483647"),
        (("slots", "reopen", "2147483647"), "there is no slot 2147483647"),
    ],
)
def test_what_does_not_exist_is_told_in_one_sentence(run, chaoyang, arguments, sentence):
    found = run(*arguments)
    assert (found.exit_code, found.output) == (2 if sentence.startswith("--") else 1, f"Error: {sentence}\n")
    assert areas.area_of("110105").id == chaoyang


@pytest.mark.parametrize(
    "arguments",
    [
        ("areas", "save"),
        (*SAVE, "--capacity", "x"),
        (*SAVE, "--colour", "red"),
        ("areas", "list", "now"),
        ("areas", "delete", "朝阳"),
        ("slots", "fill", "--days", "0"),
        ("slots", "fill", "--days", "61"),
        ("slots", "close"),
        ("slots", "close", "x"),
        ("slots", "close", "0"),
        ("slots", "reopen", "99999999999999999999"),
    ],
)
def test_a_wrong_command_line_is_told_without_a_stack(run, chaoyang, arguments):
    found = run(*arguments)
    assert found.exit_code == 2
    assert "Usage:" in found.output
    assert "Traceback" not in found.output
    assert counts() == (1, 5)


@pytest.mark.parametrize(
    "command",
    [
        "areas list",
        "areas save",
        "areas open",
        "areas close",
        "slots list",
        "slots fill",
        "slots close",
        "slots reopen",
    ],
)
def test_every_command_has_an_example(run, command):
    found = run(*command.split(), "--help")
    assert found.exit_code == 0
    assert f"Example: flask delivery {command}" in " ".join(found.output.split())
