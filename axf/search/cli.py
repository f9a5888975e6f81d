"""``flask search``: its commands bring the dictionaries of words and readings."""

from axf.late import LateGroup

group = LateGroup("search", "axf.search.commands", help="Make and check the search index; see what shoppers ask for.")
