"""Money is int fen (1 yuan = 100 fen) everywhere; yuan exist only in text."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

# The largest sum that an order or its terms may name: what a column of fen holds, with room to add.
LARGEST_SUM = 999_999_999


def yuan_text(amount: int) -> str:
    """Return fen as yuan with two digits and thousands commas: ``123456`` -> ``1,234.56``."""
    sign = "-" if amount < 0 else ""
    yuan, fen = divmod(abs(amount), 100)
    return f"{sign}{yuan:,}.{fen:02d}"


def yuan_short(amount: int) -> str:
    """Return fen as yuan, without digits of fen where there are none: ``6000`` -> ``60``, ``5990`` -> ``59.90``."""
    return yuan_text(amount).removesuffix(".00")


def fen(yuan: str | int | Decimal) -> int:
    """Return yuan as fen, half a fen rounded up.

    Text, int and Decimal only: a float would already have lost the fen.
    Raises decimal.InvalidOperation on text that is no number.
    """
    return int((Decimal(yuan) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def share(amount: int, weights: Sequence[int]) -> list[int]:
    """Split ``amount`` over ``weights`` by largest remainder, so that the parts add up to it.

    Weights are non-negative; all zero means that every part weighs the same. Ties go to the
    earlier part. A negative amount is split as its positive twin with the sign put back.
    Raises ValueError when there is nothing to split an amount over.
    """
    if amount < 0:
        return [-part for part in share(-amount, weights)]
    if not weights:
        if amount:
            raise ValueError("an amount needs at least one part")
        return []
    if not any(weights):
        weights = [1] * len(weights)
    whole = sum(weights)
    parts = [amount * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
    for i in by_remainder[: amount - sum(parts)]:
        parts[i] += 1
    return parts
