"""What falls away of a line that was paid: its exact share, to the fen. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """So many pieces of a line, the fen paid for them and the points spent on them."""

    quantity: int
    amount: int
    points: int

    def of(self, quantity: int) -> "Part":
        """Return the share of ``quantity`` of these pieces, rounded down; all of them get everything.

        Taken from what is left each time, the parts of a line add up to it. Raises ValueError for more than there are.
        """
        if not 0 <= quantity <= self.quantity:
            raise ValueError(f"{quantity} of {self.quantity}")
        if not quantity:
            return Part(0, 0, 0)
        return Part(quantity, self.amount * quantity // self.quantity, self.points * quantity // self.quantity)

    def without(self, other: "Part") -> "Part":
        """Return what is left when ``other`` has fallen away."""
        return Part(self.quantity - other.quantity, self.amount - other.amount, self.points - other.points)
