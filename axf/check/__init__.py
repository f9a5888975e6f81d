"""``flask check``: what must always hold of the rows, asked of the database itself."""
