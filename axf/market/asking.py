"""The page that asks whether a change of one goods is meant, where nobody can tell that the shopper tapped."""

from flask import render_template

from axf.i18n import local
from axf.market.queries import goods_detail


def ask_about(goods_id: int, question: str, button: str, action: str, **fields: str) -> str:
    """Return the page with the question and the goods; its button POSTs ``fields`` to ``action``. Raises NotFound."""
    goods = goods_detail(goods_id)[0]
    name = f"{local(goods, 'name')} {local(goods, 'pack')}"
    return render_template("confirm.html", question=question, name=name, action=action, fields=fields, button=button)
