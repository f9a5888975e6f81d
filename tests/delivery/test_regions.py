"""Provinces, cities and districts: the file is whole, names and searches are right."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axf.delivery import regions
from axf.delivery.regions import Found, Region

XIHU, HUANGPU, KUNSHAN, HAIDIAN = "330106", "310101", "320583", "110108"


def test_the_file_is_whole():
    assert len(regions.provinces()) == 31
    cities = [city for province in regions.provinces() for city in regions.cities(province.code)]
    districts = [district for city in cities for district in regions.districts(city.code)]
    assert (len(cities), len(districts)) == (369, 2978)
    for group in (regions.provinces(), cities, districts):
        assert len({each.code for each in group}) == len(group)
        assert all(re.fullmatch("[0-9]{6}", each.code) and each.name for each in group)
    assert all(regions.is_district(each.code) for each in districts)


def test_levels_lead_down():
    assert regions.cities("310000") == [Region("310100", "上海市")]
    assert Region(HUANGPU, "黄浦区") in regions.districts("310100")
    assert Region("330100", "杭州市") in regions.cities("330000")
    assert regions.districts("441900") == [Region("441900", "东莞市")]
    assert Region("500229", "城口县") in regions.districts("500100")


def test_what_is_not_there_is_empty():
    assert (regions.cities("990000"), regions.districts("330000"), regions.cities("")) == ([], [], [])
    assert [regions.is_district(code) for code in ("", "330000", "330100", "x")] == [False] * 4
    assert regions.parents_of("990000") == ("", "")


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (XIHU, "浙江省 杭州市 西湖区"),
        (HUANGPU, "上海市 黄浦区"),
        ("441900", "广东省 东莞市"),
        ("419001", "河南省 济源市"),
        ("620200", "甘肃省 嘉峪关市"),
        ("990000", "990000"),
    ],
)
def test_a_name_says_nothing_twice(code, name):
    assert regions.name_of(code) == name


@pytest.mark.parametrize(
    ("text", "district"),
    [
        ("浙江省杭州市西湖区文三路", XIHU),
        ("浙江省 杭州市 西湖区 文三路", XIHU),
        ("浙江杭州西湖区", XIHU),
        ("杭州市西湖区", XIHU),
        ("杭州 西湖 文三路", XIHU),
        ("寄到浙江省杭州市西湖区", XIHU),
        ("上海市黄浦区南京东路", HUANGPU),
        ("上海市上海市黄浦区", HUANGPU),
        ("江苏省昆山市", KUNSHAN),
        ("昆山市", KUNSHAN),
        ("海淀区", HAIDIAN),
        ("南京路,上海市黄浦区", HUANGPU),
        ("新疆石河子市", "659001"),
        ("内蒙古呼和浩特市新城区", "150102"),
        ("吉林省吉林市船营区", "220204"),
        ("东莞市", "441900"),
    ],
)
def test_a_district_is_found(text, district):
    assert regions.find(text).district == district


@pytest.mark.parametrize("text", ["", "文三路 100 号", "上海路 5 号", "朝阳区", "西湖", "Shanghai"])
def test_what_is_not_clear_is_not_guessed(text):
    assert regions.find(text) is None


def test_a_part_of_a_region_is_found():
    assert regions.find("浙江省杭州市文三路") == Found("330000", "330100", "", 0, 6)
    assert regions.find("浙江省") == Found("330000", "", "", 0, 3)


def test_a_street_that_begins_like_a_district_stays_whole():
    assert regions.find("上海市静安寺路 5 号") == Found("310000", "310100", "", 0, 3)


@given(st.text(alphabet="浙江省杭州市西湖区上海黄浦 ,中国路1a", max_size=60))
def test_any_text_gives_a_region_or_none(text):
    found = regions.find(text)
    assert found is None or (0 <= found.begin < found.end <= len(text) and found.province)
