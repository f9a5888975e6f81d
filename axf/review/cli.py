"""``flask review``: read what shoppers say, answer it, hide it, and count anew."""

import click
from flask.cli import AppGroup
from rich import box
from rich.markup import escape
from rich.table import Table

from axf.core.paging import LARGEST_INT
from axf.core.terminal import instant_text, print_table, told
from axf.review import counters, queries, service
from axf.review.service import BadReview

REVIEW_ID = click.IntRange(1, LARGEST_INT)

group = AppGroup("review", help="Read reviews, answer them, hide them, count them anew.")


@group.command("list")
@click.option("--goods", type=click.IntRange(1, LARGEST_INT), help="Only reviews of this goods.")
@click.option("--bad", is_flag=True, help="Only those of one and two stars.")
@click.option("--unanswered", is_flag=True, help="Only those without a reply.")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many at most.")
def list_reviews(goods: int | None, bad: bool, unanswered: bool, limit: int) -> None:
    """List the newest reviews.

    Example: flask review list --bad --unanswered
    """
    table = Table("Id", "Written", "User", "Goods", "Stars", "Text", "Photos", "Reply", "Hidden", box=box.SIMPLE)
    for each in queries.latest(limit, goods_id=goods, is_bad=bad, has_no_reply=unanswered):
        review = each.review
        text = f"{review.text} + {review.added}" if review.added else review.text
        table.add_row(
            str(review.id),
            instant_text(review.created_at),
            str(review.user_id),
            f"{review.goods_id} {escape(each.line.name)}",
            str(review.stars),
            escape(text),
            str(len(each.photos) or ""),
            escape(review.reply),
            escape(review.hidden_reason),
        )
    print_table(table)


@group.command()
@click.argument("review_id", type=REVIEW_ID)
@click.argument("text")
def reply(review_id: int, text: str) -> None:
    """Answer a review; everybody sees it, and its writer is told. Another reply takes its place.

    Example: flask review reply 17 "谢谢您的支持"
    """
    with told(f"there is no review {review_id}"):
        try:
            service.reply(review_id, text)
        except BadReview as wrong:
            raise click.ClickException(wrong.details["problem"]) from None
    click.echo(f"Review {review_id} is answered.")


@group.command()
@click.argument("review_id", type=REVIEW_ID)
@click.option("--reason", required=True, help="Why, 1 to 200 characters; its writer sees it.")
def hide(review_id: int, reason: str) -> None:
    """Hide a review: it counts no more, and only its writer sees it.

    Example: flask review hide 17 --reason "含联系方式"
    """
    with told(f"there is no review {review_id}"):
        try:
            was_shown = service.hide(review_id, reason)
        except BadReview as wrong:
            raise click.ClickException(wrong.details["problem"]) from None
    click.echo(f"Review {review_id} is hidden." if was_shown else f"Review {review_id} was hidden already.")


@group.command()
@click.argument("review_id", type=REVIEW_ID)
def show(review_id: int) -> None:
    """Show a hidden review again.

    Example: flask review show 17
    """
    with told(f"there is no review {review_id}"):
        was_hidden = service.show(review_id)
    click.echo(f"Review {review_id} is shown again." if was_hidden else f"Review {review_id} was not hidden.")


@group.command()
def recount() -> None:
    """Set the counts and stars of all goods to what their shown reviews add up to. Safe at any time.

    Example: flask review recount
    """
    count = 0
    for each in counters.recount():
        count += 1
        click.echo(
            f"goods {each.goods_id}: {each.count} reviews with {each.stars} stars"
            f" -> {each.real_count} with {each.real_stars}"
        )
    click.echo(f"{count} goods counted anew.")
