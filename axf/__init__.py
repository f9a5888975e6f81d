"""AXF 爱鲜蜂: a fresh-grocery shop. ``create_app`` reads as a table of contents."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask

from axf import assets, errors, extensions, i18n, pages, replica, security, web
from axf import config as configuration
from axf.app import Shop
from axf.core import db as core_db
from axf.observe import commands, logs, middleware, sql
from axf.storage import store as uploads

ROOT = Path(__file__).resolve().parent.parent


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Build the shop from ``AXF_*`` in the environment; ``config`` overrides single values (tests).

    Raises axf.config.ConfigError, with every reason, when it cannot be served so.
    """
    app = Shop(__name__, instance_path=os.environ.get("AXF_INSTANCE_DIR") or str(ROOT / "instance"))
    app.config.from_mapping(configuration.from_environment(os.environ, Path(app.instance_path)))
    app.config.from_mapping(config or {})
    logs.configure(app.config["LOG_FORMAT"], is_test=app.testing)
    Path(app.instance_path).mkdir(parents=True, exist_ok=True)
    app.url_map.converters["int"] = web.AsciiInteger
    bind_extensions(app)
    i18n.init_app(app)
    security.init_app(app)
    errors.init_app(app)
    assets.init_app(app)
    pages.init_app(app)
    uploads.init_app(app)
    register_blueprints(app)
    middleware.init_app(app)
    commands.watch(app)
    return app


def bind_extensions(app: Flask) -> None:
    """Bind database, migrations and CSRF protection to the application."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", core_db.engine_options(url))
    extensions.db.init_app(app)
    extensions.migrate.init_app(app, extensions.db, directory=str(ROOT / "migrations"))
    # The newest last. Forms that were open while the secret changed are still taken.
    app.config["WTF_CSRF_SECRET_KEY"] = [*reversed(app.config["SECRET_KEY_FALLBACKS"]), app.config["SECRET_KEY"]]
    extensions.csrf.init_app(app)
    replica.init_app(app)
    with app.app_context():
        core_db.prepare_engine(extensions.db.engine)
        sql.watch(extensions.db.engine)


def register_blueprints(app: Flask) -> None:
    """Register the faces, the commands of seed and check, and the mock gateway where it may be used."""
    from axf.backup.cli import bp as backup
    from axf.cart.views import bp as cart
    from axf.check.cli import bp as check
    from axf.config.cli import bp as config
    from axf.home.views import bp as home
    from axf.market.views import bp as market
    from axf.media.cli import bp as media
    from axf.notice.views import bp as notice
    from axf.observe.views import bp as observe
    from axf.order.views import bp as order
    from axf.payment.providers.mock_cashier import bp as mock_cashier
    from axf.privacy.views import bp as privacy
    from axf.remembered.views import bp as remembered
    from axf.retention.cli import bp as retention
    from axf.review.views import bp as review
    from axf.search.views import bp as search
    from axf.seed.cli import bp as seed
    from axf.user import limits
    from axf.user.auth import load_user
    from axf.user.views import bp as user

    app.before_request(load_user)
    for blueprint in (
        home,
        market,
        cart,
        user,
        order,
        remembered,
        review,
        notice,
        search,
        seed,
        check,
        config,
        observe,
        backup,
        retention,
        privacy,
        media,
    ):
        app.register_blueprint(blueprint)
    if "mock" in app.config["PAYMENT_PROVIDERS"]:
        app.register_blueprint(mock_cashier)
    limits.init_app(app)
