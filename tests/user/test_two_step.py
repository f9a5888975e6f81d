"""The second step of the login: codes of an app, recovery codes, and the pages for them."""

import re
from datetime import timedelta

import pyotp
import pytest
import time_machine
from sqlalchemy import func, select, update

from axf.core import clock
from axf.extensions import db
from axf.user import accounts, entering, tickets, two_step
from axf.user.models import RecoveryCode, UserTicket, UserTotp
from tests.conftest import PASSWORD, logged_in, post

PAGE, CODE_PAGE = "/axf/account/two-step/", "/axf/login/code/"
VAULT = two_step.Vault(["a key of more than thirty-two characters"])


def code_of(secret: str, later: int = 0) -> str:
    """Return what the app shows so many half minutes from now."""
    return pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30 * later))


@pytest.fixture
def noon():
    """A clock that stands in the middle of a half minute."""
    with time_machine.travel(clock.now().replace(second=10, microsecond=0), tick=False) as time:
        yield time


@pytest.fixture
def secret(app, shopper, noon) -> str:
    """The shopper's app; the code of now is used up."""
    secret = two_step.new_secret()
    two_step.enable(shopper, secret, code_of(secret), entering.vault())
    noon.shift(30)
    return secret


def kept(user_id: int) -> tuple[int, int]:
    db.session.rollback()
    totp = select(func.count()).select_from(UserTotp).filter_by(user_id=user_id)
    return db.session.scalar(totp), two_step.codes_left(user_id)


def begin(client, **fields):
    return post(client, "/axf/login/", page="/axf/login/", username="anna", password=PASSWORD, **fields)


def enter(client, code: str, **fields):
    return post(client, CODE_PAGE, page=CODE_PAGE, code=code, **fields)


@pytest.mark.parametrize(("later", "is_taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_counts_one_half_minute_around(app, shopper, noon, later, is_taken):
    secret = two_step.new_secret()
    two_step.enable(shopper, secret, code_of(secret), VAULT)
    noon.shift(90)
    if is_taken:
        two_step.prove(shopper, code_of(secret, later), VAULT)
    else:
        with pytest.raises(two_step.WrongCode):
            two_step.prove(shopper, code_of(secret, later), VAULT)


def test_no_code_counts_twice_nor_one_before_it(app, shopper, noon):
    secret = two_step.new_secret()
    first = code_of(secret)
    two_step.enable(shopper, secret, first, VAULT)
    for used in (first, code_of(secret, -1)):
        with pytest.raises(two_step.WrongCode):
            two_step.prove(shopper, used, VAULT)
    noon.shift(30)
    two_step.prove(shopper, f"{code_of(secret)[:3]} {code_of(secret)[3:]}", VAULT)
    with pytest.raises(two_step.WrongCode):
        two_step.prove(shopper, code_of(secret), VAULT)


def test_a_recovery_code_counts_once_and_only_its_hash_is_kept(app, shopper, noon):
    secret = two_step.new_secret()
    codes = two_step.enable(shopper, secret, code_of(secret), VAULT)
    assert len(set(codes)) == two_step.CODES
    assert all(re.fullmatch("([A-Z2-9]{4}-){5}[A-Z2-9]{4}", each) for each in codes)
    rows = str(db.session.execute(select(RecoveryCode.hash)).all()) + str(db.session.scalar(select(UserTotp.secret)))
    assert not any(each in rows for each in (*codes, secret))
    two_step.prove(shopper, codes[0].lower().replace("-", " "), VAULT)
    for wrong in (codes[0], "", "AAAA", "1" * 40, "٣٣٣٣٣٣"):
        with pytest.raises(two_step.WrongCode):
            two_step.prove(shopper, wrong, VAULT)
    assert kept(shopper) == (1, two_step.CODES - 1)


def test_codes_of_another_shopper_do_not_count(app, shopper, noon):
    other, secret = accounts.register("bert", PASSWORD), two_step.new_secret()
    codes = two_step.enable(other, secret, code_of(secret), VAULT)
    noon.shift(30)
    for theirs in (codes[0], code_of(secret)):
        with pytest.raises(two_step.WrongCode):
            two_step.prove(shopper, theirs, VAULT)


def test_another_secret_key_keeps_the_app_only_as_long_as_the_old_one_is_known(app, shopper, noon):
    secret = two_step.new_secret()
    two_step.enable(shopper, secret, code_of(secret), two_step.Vault(["old"]))
    noon.shift(30)
    with pytest.raises(two_step.WrongCode):
        two_step.prove(shopper, code_of(secret), two_step.Vault(["new"]))
    two_step.prove(shopper, code_of(secret), two_step.Vault(["new", "old"]))


# The pages


def test_switching_on_shows_the_codes_once_and_logs_others_out(app, member, shopper, noon):
    elsewhere = logged_in(app, shopper)
    page = member.get(PAGE).get_data(as_text=True)
    assert 'src="data:image/png;base64,' in page
    secret = re.search(r'two-step-secret">([A-Z2-7]{32})<', page)[1]
    setup = re.search(r'name="setup"[^>]*value="([^"]+)"', page)[1]
    before = member.get_cookie("ticket").value
    for wrong, status in (({"code": "000000"}, 403), ({"password": "no"}, 403), ({"setup": setup + "x"}, 400)):
        fields = {"setup": setup, "code": code_of(secret), "password": PASSWORD, **wrong}
        assert post(member, f"{PAGE}on/", page=PAGE, **fields).status_code == status
        assert kept(shopper) == (0, 0)
    answer = post(member, f"{PAGE}on/", page=PAGE, setup=setup, code=code_of(secret), password=PASSWORD)
    assert answer.status_code == 200
    assert len(re.findall(r"<code>[A-Z2-9-]{29}</code>", answer.get_data(as_text=True))) == two_step.CODES
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert kept(shopper) == (1, two_step.CODES)
    assert (tickets.find(before), elsewhere.get(PAGE).status_code, member.get(PAGE).status_code) == (None, 303, 200)


def test_a_setup_of_another_shopper_or_an_old_one_is_not_taken(app, member, shopper, noon):
    other = logged_in(app, accounts.register("bert", PASSWORD))
    page = other.get(PAGE).get_data(as_text=True)
    secret = re.search(r'two-step-secret">([A-Z2-7]{32})<', page)[1]
    setup = re.search(r'name="setup"[^>]*value="([^"]+)"', page)[1]
    fields = {"setup": setup, "password": PASSWORD}
    assert post(member, f"{PAGE}on/", page=PAGE, code=code_of(secret), **fields).status_code == 400
    noon.shift(901)
    assert post(other, f"{PAGE}on/", page=PAGE, code=code_of(secret), **fields).status_code == 400
    assert kept(shopper) == (0, 0)


def test_the_login_wants_the_code_and_leads_on(app, client, shopper, secret):
    first = begin(client, next="/axf/orders/")
    assert (first.status_code, first.location) == (303, f"{CODE_PAGE}?next=/axf/orders/")
    assert (client.get_cookie("ticket"), client.get("/axf/account/").status_code) == (None, 303)
    wrong = enter(client, "000000")
    assert (wrong.status_code, client.get_cookie("ticket")) == (403, None)
    answer = enter(client, code_of(secret), next="/axf/orders/")
    assert (answer.status_code, answer.location) == (303, "/axf/orders/")
    assert tickets.find(client.get_cookie("ticket").value).id == shopper
    assert client.get(CODE_PAGE).location == "/axf/login/"


def test_the_code_alone_is_no_way_in(app, client, shopper, secret, noon):
    assert client.get(CODE_PAGE).location == "/axf/login/"
    for forged in ("x", entering.signer("two-step setup").dumps(shopper)):
        with client.session_transaction() as session:
            session[entering.STATE] = forged
        assert client.get(CODE_PAGE).location == "/axf/login/"
    begin(client)
    noon.shift(entering.STATE_SECONDS + 1)
    answer = post(client, CODE_PAGE, page="/axf/login/", code=code_of(secret))
    assert (answer.location, client.get_cookie("ticket")) == ("/axf/login/", None)


def test_eight_wrong_codes_close_the_second_step(app, client, shopper, secret):
    begin(client)
    answers = [enter(client, "000000").status_code for _ in range(9)]
    assert answers == [403] * 8 + [429]
    last = enter(client, code_of(secret))
    assert (last.status_code, int(last.headers["Retry-After"]) > 800) == (429, True)
    assert db.session.scalar(select(func.count()).select_from(UserTicket)) == 0


def test_switching_off_wants_password_and_code(app, client, shopper, secret, noon):
    begin(client)
    enter(client, code_of(secret))
    noon.shift(30)
    before = client.get_cookie("ticket").value
    for fields in ({"code": "000000", "password": PASSWORD}, {"code": code_of(secret), "password": "no"}):
        assert post(client, f"{PAGE}off/", page=PAGE, **fields).status_code == 403
        assert kept(shopper) == (1, two_step.CODES)
    answer = post(client, f"{PAGE}off/", page=PAGE, code=code_of(secret), password=PASSWORD)
    assert (answer.status_code, kept(shopper), tickets.find(before)) == (303, (0, 0), None)
    assert client.get(PAGE).status_code == 200


def test_an_app_is_not_replaced_by_who_has_no_code_of_it(app, client, shopper, secret, noon):
    """Else a stolen login and the password would be enough: no set-up, kept or made before, counts while it is on."""
    begin(client)
    enter(client, code_of(secret))
    theirs, before = two_step.new_secret(), client.get_cookie("ticket").value
    setup = entering.signer("two-step setup").dumps([shopper, theirs])
    answer = post(client, f"{PAGE}on/", page=PAGE, setup=setup, code=code_of(theirs), password=PASSWORD)
    assert (answer.status_code, kept(shopper)) == (409, (1, two_step.CODES))
    assert tickets.find(before).id == shopper
    noon.shift(30)
    two_step.prove(shopper, code_of(secret), entering.vault())


def test_the_command_switches_it_off(app, shopper, secret):
    runner = app.test_cli_runner()
    off = [runner.invoke(args=["user", "two-step-off", name]) for name in ("anna", "anna", "nobody")]
    assert [each.exit_code for each in off] == [0, 0, 1]
    assert "is off" in off[0].output and "already" in off[1].output
    assert kept(shopper) == (0, 0)


def test_of_two_that_bring_one_code_at_once_one_gets_in(app, shopper, secret):
    """Somebody else's use of it lands between the look and the write: the guard counts, not the look."""
    from tests.conftest import once_before

    step = int(clock.now().timestamp()) // two_step.PERIOD
    theirs = str(update(UserTotp).values(last_step=step).compile(compile_kwargs={"literal_binds": True}))
    with once_before("UPDATE user_totp", theirs) as done, pytest.raises(two_step.WrongCode):
        two_step.prove(shopper, code_of(secret), entering.vault())
    assert len(done) == 1
