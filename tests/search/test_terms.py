"""Which terms a goods is found by."""

import pytest

from axf.search.terms import HEAD, KIND, MENTION, NAME, Texts, terms_of


def texts(**values: object) -> Texts:
    row = {
        "name": "丹东99草莓",
        "name_en": "Dandong 99 Strawberries",
        "pack": "300g/盒",
        "pack_en": "300 g box",
        "kinds": ("优选水果", "Choice Fruit"),
        "description": "冷藏两天",
        "description_en": "Keep chilled",
        "type_ids": (103532, 103533),
    }
    return Texts(**{**row, **values})


@pytest.mark.parametrize(
    ("term", "level"),
    [
        ("草莓", HEAD),
        ("~caomei", HEAD),
        ("^cm", HEAD),
        ("strawberri", HEAD),
        ("莓", NAME),
        ("草", MENTION),
        ("~cao", MENTION),
        ("dandong", NAME),
        ("99", NAME),
        ("300g", NAME),
        ("水果", KIND),
        ("fruit", KIND),
        ("冷藏", MENTION),
        ("chill", MENTION),
        ("#103532", HEAD),
        ("#103533", HEAD),
    ],
)
def test_a_goods_is_found_by_all_that_is_said_of_it(term, level):
    assert terms_of(texts())[term] == level


@pytest.mark.parametrize(
    ("name", "head", "other"),
    [
        ("草莓果酱", "果酱", "草莓"),
        ("脱脂纯牛奶", "牛奶", "脱脂"),
        ("百威啤酒听装500ml", "啤酒", "百威"),
        ("新疆哈密瓜（西州蜜）", "哈密瓜", "西州"),
        ("康师傅矿泉水箱550.0ml*24瓶", "矿泉水", "康师傅"),
    ],
)
def test_the_end_of_a_chinese_name_says_what_it_is(name, head, other):
    found = terms_of(texts(name=name))
    assert (found[head], found[other] < HEAD) == (HEAD, True)


@pytest.mark.parametrize(
    ("name", "head"),
    [("Strawberry Jam", "jam"), ("Bamboo Shoots in Sesame Oil", "shoot"), ("Cherries, JJ Grade", "cherri")],
)
def test_the_head_of_an_english_name_is_before_what_it_says_besides(name, head):
    assert terms_of(texts(name_en=name))[head] == HEAD


def test_pairs_and_initials_find_what_the_dictionary_cuts_otherwise():
    found = terms_of(texts(name="薰衣草洗衣液"))
    assert {"衣液": found["衣液"], "^xyy": found["^xyy"]} == {"衣液": KIND, "^xyy": KIND}


def test_words_that_mean_the_same_find_each_other():
    found = terms_of(texts(name="樱桃番茄"))
    assert {term: found[term] for term in ("西红柿", "~xihongshi", "^xhs")} == dict.fromkeys(
        ("西红柿", "~xihongshi", "^xhs"), KIND
    )


def test_no_term_is_longer_than_its_column():
    found = terms_of(texts(name="装" * 200, name_en="x" * 200, description="箱" * 500, pack="9" * 60))
    assert max(map(len, found)) <= 40
