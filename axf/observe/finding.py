"""What the doctor says of one thing."""

from dataclasses import dataclass

OK, WARN, FAIL = "ok", "warn", "fail"


@dataclass(frozen=True)
class Finding:
    """``name`` is what was looked at, ``found`` what is there, ``advice`` what to do when it is not ``ok``."""

    name: str
    state: str
    found: str
    advice: str = ""


def judged(name: str, found: object, *, is_right: bool, advice: str, otherwise: str = WARN) -> Finding:
    """Return ok when it is right, else ``otherwise`` with the advice."""
    return Finding(name, OK, str(found)) if is_right else Finding(name, otherwise, str(found), advice)
