"""Orders: the only package that knows all the others."""
