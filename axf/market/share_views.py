"""Sharing a goods: the page that the share button leads to without script, and the QR code of the goods."""

from io import BytesIO

import segno
from flask import Blueprint, Response, render_template

from axf.canonical import absolute
from axf.core.errors import NotFound
from axf.i18n import DEFAULT_LANG, named_lang
from axf.market import queries
from axf.market.heads import share_head
from axf.web import public

ONE_MONTH = 30 * 24 * 3600
# A module of 8 pixels and the quiet zone of 4 modules that ISO/IEC 18004 asks for.
MODULE_PIXELS, QUIET_MODULES = 8, 4


def add_to(bp: Blueprint) -> None:
    """Register the addresses of this module."""
    bp.add_url_rule("/axf/goods/<int:goods_id>/share/", view_func=share)
    bp.add_url_rule("/axf/goods/<int:goods_id>/qr.png", view_func=qr)


@public
def share(goods_id: int) -> str:
    """The address of a goods to copy, and its QR code."""
    card, _type_id, _child_id = queries.goods_detail(goods_id)
    return render_template("market/share.html", card=card, head=share_head(card))


@public
def qr(goods_id: int) -> Response:
    """The QR code of a goods' address as a PNG, which WeChat can keep and read; ``lang=en`` leads to the English page.

    The cookie does not count, so that every cache may keep it.
    """
    if not queries.goods_names([goods_id]):
        raise NotFound(what="goods")
    picture = BytesIO()
    code = segno.make_qr(absolute("market.goods", named_lang() or DEFAULT_LANG, goods_id=goods_id), error="m")
    code.save(picture, kind="png", scale=MODULE_PIXELS, border=QUIET_MODULES)
    headers = {"Cache-Control": f"public, max-age={ONE_MONTH}"}
    return Response(picture.getvalue(), mimetype="image/png", headers=headers)
