"""The extensions, unbound: create_app binds them."""

from typing import TYPE_CHECKING

from flask_babel import Babel
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

from axf.core.db import Base
from axf.replica import RoutedSession

db = SQLAlchemy(model_class=Base, session_options={"class_": RoutedSession})
migrate = Migrate()
csrf = CSRFProtect()
babel = Babel()

if TYPE_CHECKING:
    Model = Base  # mypy does not know db.Model
else:
    Model = db.Model
