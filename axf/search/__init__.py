"""Search: from a shopper's few letters to the goods that are meant."""
