"""The home page, the language switch, and the addresses that a machine asks."""

from flask import Blueprint, Response, abort, current_app, g, json, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from axf.canonical import Head, in_full
from axf.extensions import csrf
from axf.home import queries, screen, sitemap_views
from axf.home.structured import shop
from axf.home.styleguide import SAMPLES
from axf.i18n import LANG_COOKIE, LOCALES, without_lang
from axf.kept import kept
from axf.security import is_asked_for
from axf.user import accounts
from axf.web import public, safe_path

bp = Blueprint("home", __name__)
sitemap_views.add_to(bp)

# The classic page shows the shop blocks in slices of one, two, four and four.
SHOP_SLICES = ((0, 1), (1, 3), (3, 7), (7, 11))
ONE_YEAR = 365 * 24 * 3600


@bp.get("/")
@public
def root() -> BaseResponse:
    """Lead to the home page."""
    return redirect(url_for("home.index"))


@bp.get("/axf/home/")
@public
def index() -> Response:
    """轮播, 导航, 必购, 商店, 主打."""
    shown = queries.home()
    return kept(shown, lambda: _page(shown))


def _page(shown: queries.Home) -> str:
    return render_template(
        "home/index.html",
        wheels=shown.wheels,
        navs=shown.navs,
        mustbuys=shown.mustbuys,
        shop_blocks=[shown.shops[first:last] for first, last in SHOP_SLICES],
        shows=shown.shows,
        head=Head(
            title=_("Fresh groceries, at your door"),
            description=_(
                "Fruit, milk, drinks, snacks and things for every day, fairly priced, at the time you choose."
            ),
            endpoint="home.index",
            image=in_full(url_for("static", filename="img/icons/icon-512.png")),
            image_alt=_("AXF"),
            data=(shop(),),
        ),
    )


@bp.post("/axf/language/")
@csrf.exempt
def language() -> BaseResponse:
    """Keep the chosen language in a cookie, for a shopper's mails too, and go back."""
    lang = request.form.get("to", "")
    if lang not in LOCALES:
        abort(400)
    response = redirect(without_lang(safe_path(request.values.get("next")) or url_for("home.index")), 303)
    if is_asked_for():
        response.set_cookie(LANG_COOKIE, lang, max_age=ONE_YEAR, samesite="Lax", secure=request.is_secure)
        if g.user is not None:
            accounts.set_language(g.user.id, lang)
    return response


@bp.get("/favicon.ico")
@public
def favicon() -> BaseResponse:
    """Lead browsers that ask by habit to the icon."""
    return redirect(url_for("static", filename="img/icons/favicon-32.png"), 301)


@bp.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """Tell browsers how the shop stands on a home screen."""
    return Response(json.dumps(screen.manifest()), mimetype="application/manifest+json")


@bp.get("/sw.js")
@public
def worker() -> Response:
    """The service worker. It lies here, above all pages, because a worker serves what is below it."""
    return Response(screen.worker(), mimetype="text/javascript")


@bp.get("/axf/offline/")
@public
def offline() -> str:
    """Say that the shop cannot be reached; a browser keeps this page and shows it when it is offline."""
    return render_template("home/offline.html")


@bp.get("/healthz")
@public
def healthz() -> Response:
    """Say that this process answers. It asks nobody else, the database least of all."""
    return Response("ok\n", mimetype="text/plain", headers={"Cache-Control": "no-store"})


@bp.get("/axf/_styleguide/")
@public
def styleguide() -> str:
    """Every piece in every state, in development only."""
    if current_app.config["ENV"] != "development":
        abort(404)
    return render_template("styleguide.html", cards=SAMPLES)
