"""What the shop knows of a shopper: told, handed over, deleted."""
