"""A pasted address, taken apart into the fields of the form. Pure; the shopper checks the result."""

import re
import unicodedata
from dataclasses import dataclass

from axf.core.text import plain
from axf.delivery import regions

LONGEST_NAME, LONGEST_DETAIL = 40, 120
# A mobile number of the mainland: 1, 3 to 9, nine more digits; grouped 3 4 4 or not at all.
PHONE = re.compile(r"(?a:(?<!\d)(?:(?:\+|00)?86[ -]*)?(1[3-9]\d[ -]?\d{4}[ -]?\d{4})(?!\d))")
HARD = re.compile(r"[\n,;|、。\[\]【】]+")
CJK_NAME = re.compile(r"[\u4e00-\u9fff]{1,4}(?:·[\u4e00-\u9fff]{1,8})?")
LATIN_NAME = re.compile(r"[A-Za-z][A-Za-z.'-]*(?: [A-Za-z][A-Za-z.'-]*){0,3}")


@dataclass(frozen=True)
class Pasted:
    """What was found; what was not is empty."""

    name: str = ""
    phone: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    detail: str = ""


def phone_of(text: str) -> str:
    """Return the eleven digits of a mobile number typed with spaces, dashes or +86, else an empty text."""
    digits = re.sub(r"[\s()-]", "", unicodedata.normalize("NFKC", text))
    found = re.fullmatch(r"(?a:(?:(?:\+|00)?86)?(1[3-9]\d{9}))", digits)
    return found[1] if found else ""


def split(text: str) -> Pasted:
    """Take an address apart: phone, region, name, and what is left is the detail. Any text gives a result.

    The parts may come in any order, with labels, commas or line breaks between them or without.
    """
    text = unicodedata.normalize("NFKC", text[: regions.LONGEST_TEXT])
    text = "\n".join(filter(None, map(plain, text.splitlines())))
    text, phone = _take_phone(_without_labels(text))
    text, region = _take_region(text)
    name, detail = _name_and_detail([part for each in HARD.split(text) if (part := each.strip(" .-:/"))])
    return Pasted(
        name[:LONGEST_NAME].strip(),
        phone,
        region.province if region else "",
        region.city if region else "",
        region.district if region else "",
        detail[:LONGEST_DETAIL].strip(),
    )


def _without_labels(text: str) -> str:
    labels = "|".join(map(re.escape, sorted(regions.words()["labels"], key=len, reverse=True)))
    return re.sub(rf"(?:(?<=\s)|^|(?<=[,;|]))(?:{labels})\s*[:=]\s*|(?:{labels})\s*:\s*", "\n", text, flags=re.I)


def _take_phone(text: str) -> tuple[str, str]:
    found = PHONE.search(text)
    if not found:
        return text, ""
    return f"{text[: found.start()]}\n{text[found.end() :]}", phone_of(found[1])


def _take_region(text: str) -> tuple[str, regions.Found | None]:
    for noise in regions.words()["noise"]:
        text = text.replace(noise, "")
    found = regions.find(text)
    if not found:
        return text, None
    before = text[: found.begin].rstrip().removesuffix(regions.words()["country"])
    return f"{before}\n{text[found.end :]}", found


def _name_and_detail(parts: list[str]) -> tuple[str, str]:
    """Return the part, or the word at a part's end, that is most like a person's name, and all the others."""
    candidates = []
    for index, part in enumerate(parts):
        words = part.split(" ")
        candidates.append((_likeness(part) * 2, part, [*parts[:index], *parts[index + 1 :]]))
        cuts = ((words[-2:], words[:-2]), (words[-1:], words[:-1]), (words[:1], words[1:]))
        for cut, rest in cuts if len(words) > 2 else cuts[1:]:
            word = " ".join(cut)
            others = [*parts[:index], " ".join(rest), *parts[index + 1 :]]
            candidates.append((_likeness(word) * 2 - 1 if _likeness(word) > 1 else 0, word, others))
    likeness, name, others = max(candidates, key=lambda each: each[0], default=(0, "", []))
    return (name, " ".join(filter(None, others))) if likeness > 0 else ("", " ".join(parts))


def _likeness(text: str) -> int:
    """Return how much a text is like a name: 3 a title, 2 a surname or Latin words, 1 nothing against it, 0 not."""
    words = regions.words()
    if LATIN_NAME.fullmatch(text):
        return 2
    bare = text
    for title in words["titles"]:
        bare = bare.removesuffix(title)
    if not CJK_NAME.fullmatch(bare):
        return 0
    if bare != text:
        return 3
    if len(text) < 2 or text[-1] in words["places"]:
        return 0
    is_known = text[0] in words["surnames"] and len(text) <= 3
    return 2 if is_known or text[:2] in words["compound_surnames"] else 1
