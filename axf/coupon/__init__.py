"""Coupons: their terms, how shoppers come by them, and which order uses one."""
