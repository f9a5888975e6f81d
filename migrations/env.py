"""Alembic's entry: online only, against the database of the application's configuration."""

from alembic import context
from flask import current_app
from sqlalchemy import NullPool, create_engine

import axf.models  # noqa: F401 - fills the metadata
from axf.core.db import UTCDateTime, engine_options

db = current_app.extensions["migrate"].db


def render_item(kind, thing, autogen_context):
    """Write our instant type into new migrations by its own name."""
    if kind == "type" and isinstance(thing, UTCDateTime):
        autogen_context.imports.add("from axf.core.db import UTCDateTime")
        return "UTCDateTime()"
    return False


def drop_empty_revision(_context, _revision, directives):
    """Write no migration when the models have not changed."""
    is_writing = getattr(context.config.cmd_opts, "autogenerate", False)
    if is_writing and directives[0].upgrade_ops.is_empty():
        directives[:] = []


def compare_type(_context, _column, _metadata_column, _database_type, metadata_type):
    """Leave our instant type alone: what it is in the database differs by dialect."""
    return False if isinstance(metadata_type, UTCDateTime) else None


def patient(engine):
    """Return an engine that waits for a change of a large table, which may take hours, however short pages wait."""
    if engine.dialect.name == "sqlite":
        return engine
    options = engine_options(str(engine.url), read_seconds=24 * 3600)
    kept = {key: options[key] for key in ("isolation_level", "connect_args")}
    return create_engine(engine.url, poolclass=NullPool, **kept)


with patient(db.engine).connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=db.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render_item,
        compare_type=compare_type,
        process_revision_directives=drop_empty_revision,
    )
    with context.begin_transaction():
        context.run_migrations()
