"""After-sale 售后: something back for what was not right."""
