"""What the commands of several packages share."""

from rich.console import Console
from rich.table import Table


def print_whole(table: Table) -> None:
    """Print a table in its full width, however narrow the terminal: what is cut is useless."""
    console = Console()
    console.width = max(console.width, console.measure(table, options=console.options.update(max_width=1000)).maximum)
    console.print(table)
