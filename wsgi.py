"""What uWSGI and ``flask`` load."""

import contextlib

from axf import create_app, warm

app = create_app()
with contextlib.suppress(ImportError):
    import uwsgi  # noqa: F401 - there is one inside uWSGI only: a command asks no pages

    warm.up(app)
