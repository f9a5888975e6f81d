"""The small core: money, time, database, errors, paging. No Flask, no shop word."""
