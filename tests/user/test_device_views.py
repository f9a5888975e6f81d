"""My devices."""

from sqlalchemy import func, select

from axf.extensions import db
from axf.user import accounts, tickets
from axf.user.models import UserTicket
from tests.conftest import PASSWORD, counted, logged_in, post

PAGE = "/axf/account/devices/"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"


def ids_of(user_id: int) -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(UserTicket.id).filter_by(user_id=user_id).order_by(UserTicket.id)))


def test_my_logins_are_listed_and_this_one_is_marked(app, member, shopper):
    tickets.issue(shopper, app.config["TICKET_LIFE"], user_agent=PHONE, ip="203.0.113.77")
    accounts.register("bert", PASSWORD)
    member.set_cookie("lang", "en")
    page = member.get(PAGE).get_data(as_text=True)
    assert page.count('<li class="panel stack stack--tight">') == 2
    assert "Chrome · Android" in page and "203.0.113.0/24" in page and "203.0.113.77" not in page
    assert page.count("This device") == 1
    assert page.count("/end/") == 1


def test_the_list_takes_as_many_queries_for_three_as_for_one(app, member, shopper):
    with counted() as one:
        member.get(PAGE)
    for _ in range(2):
        tickets.issue(shopper, app.config["TICKET_LIFE"])
    with counted() as three:
        member.get(PAGE)
    assert len(one) == len(three)


def test_one_is_logged_out_and_the_others_stay(app, member, shopper):
    lost, kept = logged_in(app, shopper), logged_in(app, shopper)
    this_id, lost_id, kept_id = ids_of(shopper)
    answer = post(member, f"{PAGE}{lost_id}/end/", page="/axf/account/")
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert ids_of(shopper) == [this_id, kept_id]
    assert (lost.get(PAGE).status_code, kept.get(PAGE).status_code) == (303, 200)
    assert post(member, f"{PAGE}{lost_id}/end/", page="/axf/account/").status_code == 404


def test_ending_this_one_leads_to_the_login(member, shopper):
    answer = post(member, f"{PAGE}{ids_of(shopper)[0]}/end/", page="/axf/account/")
    assert (answer.status_code, answer.location, ids_of(shopper)) == (303, "/axf/login/", [])


def test_all_others_are_logged_out(app, member, shopper):
    for _ in range(3):
        tickets.issue(shopper, app.config["TICKET_LIFE"])
    theirs = accounts.register("bert", PASSWORD)
    tickets.issue(theirs, app.config["TICKET_LIFE"])
    this_id = ids_of(shopper)[0]
    assert post(member, f"{PAGE}end-others/", page="/axf/account/").status_code == 303
    assert (ids_of(shopper), len(ids_of(theirs))) == ([this_id], 1)


def test_nobody_ends_somebody_elses_login(app, member, shopper):
    stranger = logged_in(app, accounts.register("bert", PASSWORD))
    before = ids_of(shopper)
    assert post(stranger, f"{PAGE}{before[0]}/end/", page="/axf/account/").status_code == 404
    assert ids_of(shopper) == before
    assert db.session.scalar(select(func.count()).select_from(UserTicket)) == 2
