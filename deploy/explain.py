"""Say in one sentence why pip failed, from its log."""

import sys
from pathlib import Path

REASONS = (
    (
        ("Temporary failure in name resolution", "NewConnectionError", "Connection refused", "ConnectTimeout",
         "ProxyError", "Network is unreachable", "No matching distribution"),
        "the packages could not be downloaded: is there a network?",
    ),
    (("DO NOT MATCH THE HASHES",), "a downloaded package is not the one that was pinned; nothing was installed."),
    (("Python.h",), "Python's headers are missing (Debian: apt-get install python3-dev)."),
    (("Failed building wheel", "metadata-generation-failed", "error: command"), "a package could not be built."),
    (("No space left",), "the disk is full."),
)  # fmt: skip


def sentence(log: str) -> str:
    """Return the first reason whose mark is in the log."""
    for marks, words in REASONS:
        if any(mark in log for mark in marks):
            return words
    return "the packages could not be installed."


if __name__ == "__main__":
    file = Path(sys.argv[1])
    print(f"AXF: {sentence(file.read_text(errors='replace'))} Details: {file}")
