"""``flask seed``: a blueprint without routes; its commands bring a whole SQL parser."""

from flask import Blueprint

from axf.late import LateGroup

group = LateGroup("seed", "axf.seed.commands", help="Bring goods and shoppers in.")
bp = Blueprint("seed", __name__, cli_group=None)
bp.cli.add_command(group)
