"""My reviews: what waits for one, writing one, and what I said. The goods page shows everybody's."""

from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from axf.errors import message_of
from axf.order.models import OrderLine
from axf.review import queries, service
from axf.review.cli import group
from axf.review.forms import AddForm, ReviewForm
from axf.review.service import AlreadyReviewed, ReviewClosed
from axf.storage import photos
from axf.storage.images import BadPicture
from axf.storage.store import uploads as kept_uploads
from axf.user import throttle
from axf.user.auth import current_user, login_needed
from axf.web import takes_uploads

bp = Blueprint("review", __name__, cli_group=None)
bp.cli.add_command(group)

WRITE_TRIES, ADD_TRIES, WINDOW = 30, 30, timedelta(hours=1)


@bp.get("/axf/reviews/")
@login_needed
def index() -> str:
    """What I can review now, and my reviews, a page at a time."""
    user_id, cursor = current_user().id, request.args.get("after")
    page = queries.own_reviews(user_id, cursor)
    return render_template(
        "review/index.html",
        waiting=[] if cursor else queries.waiting_of(user_id),
        reviews=page.reviews,
        next_url=url_for("review.index", after=page.cursor) if page.cursor else None,
    )


@bp.route("/axf/order/<no>/review/<int:goods_id>/", methods=["GET", "POST"])
@takes_uploads(photos.UPLOAD_LIMIT)
@login_needed
def write(no: str, goods_id: int) -> Response | str | tuple[str, int]:
    """Review a goods of my order. What cannot be reviewed, or not any more, is told on the list of my reviews."""
    user_id, form = current_user().id, ReviewForm()
    try:
        line = service.line_of(user_id, no, goods_id)
        if not form.validate_on_submit():
            return _form_page(no, line, form)
        throttle.count_try(f"review:{user_id}", WRITE_TRIES, WINDOW)
        uploads = [each.stream for each in form.photos.data or ()]
        service.write(user_id, no, goods_id, form.opinion(), uploads=uploads, store=kept_uploads())
    except (BadPicture, photos.TooManyPhotos) as refusal:
        form.photos.errors = [message_of(refusal)]
        return _form_page(no, line, form)
    except (AlreadyReviewed, ReviewClosed) as refusal:
        flash(message_of(refusal), "info")
        return redirect(url_for("review.index"), 303)
    flash(_("Thank you! Your review is shown with the goods."), "success")
    return redirect(url_for("review.index"), 303)


@bp.post("/axf/reviews/<int:review_id>/add/")
@login_needed
def add(review_id: int) -> Response:
    """Add something to my review, once."""
    user_id, form = current_user().id, AddForm()
    if not form.validate_on_submit():
        flash(str(form.text.errors[0] if form.text.errors else form.form_errors[0]), "error")
        return redirect(url_for("review.index"), 303)
    throttle.count_try(f"review-add:{user_id}", ADD_TRIES, WINDOW)
    try:
        service.add(user_id, review_id, form.text.data)
        flash(_("Your words are added."), "success")
    except AlreadyReviewed as refusal:
        flash(message_of(refusal), "info")
    return redirect(url_for("review.index"), 303)


def _form_page(no: str, line: OrderLine, form: ReviewForm) -> str | tuple[str, int]:
    page = render_template("review/write.html", no=no, line=line, form=form, points=service.PHOTO_POINTS)
    return (page, 400) if form.errors else page
