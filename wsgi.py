"""What uWSGI and ``flask`` load."""

from axf import create_app

app = create_app()
