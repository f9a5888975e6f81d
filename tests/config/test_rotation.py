"""A new secret: what the old one signed is taken as long as it is listed."""

import pytest

from axf.extensions import db
from tests.conftest import SAME_ORIGIN, make_app, token_of

NEW = "another-secret-key-of-more-than-32-characters"


@pytest.mark.sqlite
def test_a_form_that_was_open_while_the_secret_changed_is_taken(database, app, member, tmp_path):
    token = token_of(member, "/axf/account/")
    cookies = "; ".join(f"{name}={member.get_cookie(name).value}" for name in ("ticket", "axf_session"))
    for old, status in (([app.config["SECRET_KEY"]], 303), ([], 400)):
        renewed = make_app(database.url, tmp_path, SECRET_KEY=NEW, SECRET_KEY_FALLBACKS=old)
        browser = renewed.test_client(use_cookies=False)
        headers = {**SAME_ORIGIN, "Cookie": cookies}
        form = {"csrf_token": token, "month": "", "day": ""}
        assert browser.post("/axf/account/birthday/", data=form, headers=headers).status_code == status
        with renewed.app_context():
            db.engine.dispose()
