"""How long rows are kept that nobody needs any more."""
