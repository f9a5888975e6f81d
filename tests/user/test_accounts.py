"""Accounts: register, prove a password, change it."""

import argon2
import pytest
from argon2.low_level import Type
from sqlalchemy import select

from axf.core import clock
from axf.core.errors import NotFound
from axf.coupon.held import held_by
from axf.extensions import db
from axf.user import accounts, tickets
from axf.user.models import User
from tests.conftest import PASSWORD, STRONG_HASHER
from tests.coupon.conftest import add_coupon, issued

OTHER = "another fine phrase"


@pytest.fixture(autouse=True)
def strong(monkeypatch):
    """The hasher of the shop; other tests use a quick one."""
    monkeypatch.setattr(accounts, "hasher", STRONG_HASHER)


def stored(user_id: int) -> str:
    db.session.rollback()
    return db.session.scalar(select(User.password_hash).where(User.id == user_id))


class Watched:
    """The real hasher; it notes with which parameters it was made to work."""

    def __init__(self, hasher: argon2.PasswordHasher) -> None:
        self.hasher, self.work = hasher, []

    def verify(self, password_hash: str, password: str) -> bool:
        self.work.append(argon2.extract_parameters(password_hash))
        return self.hasher.verify(password_hash, password)

    def __getattr__(self, name: str):
        return getattr(self.hasher, name)


@pytest.fixture
def watched(monkeypatch) -> Watched:
    watched = Watched(accounts.hasher)
    monkeypatch.setattr(accounts, "hasher", watched)
    return watched


def test_registering_makes_an_account(app):
    user_id = accounts.register("Anna", PASSWORD, "avatar/ab/cd")
    user = db.session.get(User, user_id)
    assert (user.username, user.username_key, user.avatar) == ("Anna", "anna", "avatar/ab/cd")
    assert user.created_at <= clock.now()
    assert accounts.prove("anna", PASSWORD) == user_id


@pytest.mark.parametrize("username", ["anna", "ANNA", "ａｎｎａ"])
def test_a_name_is_taken_in_any_case_and_width(shopper, username):
    assert accounts.is_taken(username)
    with pytest.raises(accounts.UsernameTaken):
        accounts.register(username, OTHER)
    assert db.session.scalars(select(User.username)).all() == ["anna"]
    assert accounts.prove("anna", PASSWORD) == shopper


def test_a_free_name_is_not_taken(shopper):
    assert not accounts.is_taken("bert")


def test_the_longest_names_are_stored_whole(app):
    for username in ("李" * 20, "\u1f52" * 20, "𠮷" * 20):
        user_id = accounts.register(username, PASSWORD)
        assert accounts.prove(username, PASSWORD) == user_id


def test_only_an_argon2id_hash_is_kept(shopper):
    found = argon2.extract_parameters(stored(shopper))
    assert found.type is Type.ID
    assert (found.memory_cost, found.time_cost) >= (19456, 2)
    assert found.salt_len >= 16
    assert PASSWORD not in stored(shopper)


def test_the_same_password_makes_another_hash(shopper):
    assert stored(accounts.register("bert", PASSWORD)) != stored(shopper)


def test_a_shopper_is_found_by_any_spelling_of_the_name(shopper):
    assert [accounts.id_of("anna"), accounts.id_of("ＡＮＮＡ")] == [shopper, shopper]
    with pytest.raises(NotFound):
        accounts.id_of("annabel")


@pytest.mark.parametrize("password", [OTHER, PASSWORD.upper(), PASSWORD + " ", "", "\x00", "x" * 1000])
def test_a_wrong_password_does_not_log_in(shopper, password):
    with pytest.raises(accounts.WrongLogin):
        accounts.prove("anna", password)


def test_an_unknown_name_costs_as_much_as_a_wrong_password(shopper, watched):
    refusals = []
    for username in ("anna", "nobody"):
        with pytest.raises(accounts.WrongLogin) as refusal:
            accounts.prove(username, OTHER)
        refusals.append((str(refusal.value), refusal.value.details))
    assert refusals[0] == refusals[1]
    known, unknown = watched.work
    assert known == unknown


def test_an_account_with_a_broken_hash_cannot_be_logged_into(shopper):
    db.session.get(User, shopper).password_hash = "!"
    db.session.commit()
    with pytest.raises(accounts.WrongLogin):
        accounts.prove("anna", "!")


def test_a_hash_of_older_parameters_is_renewed_by_the_login(shopper):
    older = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
    db.session.get(User, shopper).password_hash = older.hash(PASSWORD)
    db.session.commit()
    with pytest.raises(accounts.WrongLogin):
        accounts.prove("anna", OTHER)
    assert older.verify(stored(shopper), PASSWORD)
    assert not older.check_needs_rehash(stored(shopper))
    accounts.prove("anna", PASSWORD)
    assert not accounts.hasher.check_needs_rehash(stored(shopper))
    assert accounts.prove("anna", PASSWORD) == shopper


def test_changing_the_password_ends_every_login(app, shopper):
    secrets = [tickets.issue(shopper, app.config["TICKET_LIFE"]).secret for _ in range(2)]
    other = tickets.issue(accounts.register("bert", PASSWORD), app.config["TICKET_LIFE"]).secret
    accounts.change_password(shopper, PASSWORD, OTHER)
    assert [tickets.find(secret) for secret in secrets] == [None, None]
    assert tickets.find(other).username == "bert"
    assert accounts.prove("anna", OTHER) == shopper
    with pytest.raises(accounts.WrongLogin):
        accounts.prove("anna", PASSWORD)


def test_a_wrong_current_password_changes_nothing(app, shopper):
    before, secret = stored(shopper), tickets.issue(shopper, app.config["TICKET_LIFE"]).secret
    with pytest.raises(accounts.WrongPassword):
        accounts.change_password(shopper, OTHER, OTHER)
    assert stored(shopper) == before
    assert tickets.find(secret).id == shopper


def test_nobodys_password_cannot_be_changed(app):
    with pytest.raises(accounts.WrongPassword):
        accounts.change_password(1, PASSWORD, OTHER)


def test_changing_the_avatar_tells_the_one_before(shopper):
    assert accounts.change_avatar(shopper, "avatar/aa/1") is None
    assert accounts.change_avatar(shopper, "avatar/bb/2") == "avatar/aa/1"
    db.session.rollback()
    assert db.session.get(User, shopper).avatar == "avatar/bb/2"


def test_a_new_shopper_holds_the_coupons_of_registration(app):
    coupon_id = add_coupon(issue="register", total=1)
    users = [accounts.register(name, PASSWORD) for name in ("anna", "bert")]
    assert [[held.coupon_id for held in held_by(user_id, clock.now())] for user_id in users] == [[coupon_id], []]


def test_who_cannot_register_takes_no_coupon(shopper):
    coupon_id = add_coupon(issue="register")
    with pytest.raises(accounts.UsernameTaken):
        accounts.register("anna", PASSWORD)
    assert issued(coupon_id) == (0, 0)
