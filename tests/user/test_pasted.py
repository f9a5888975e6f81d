"""A pasted address, taken apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from axf.delivery import regions
from axf.user.pasted import LONGEST_DETAIL, LONGEST_NAME, Pasted, phone_of, split

XIHU = ("330000", "330100", "330106")
HUANGPU = ("310000", "310100", "310101")
PHONE = "13800138000"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "张三 138 0013 8000 浙江省杭州市西湖区文三路 100 号 3 单元",
            Pasted("张三", PHONE, *XIHU, "文三路 100 号 3 单元"),
        ),
        ("浙江省杭州市西湖区文三路100号 张三 13800138000", Pasted("张三", PHONE, *XIHU, "文三路100号")),
        ("浙江省杭州市西湖区文三路100号\n张三\n+86 138-0013-8000", Pasted("张三", PHONE, *XIHU, "文三路100号")),
        ("138 0013 8000，张三，浙江省 杭州市 西湖区，文三路100号", Pasted("张三", PHONE, *XIHU, "文三路100号")),
        (
            "收货人：李雷，手机：0086 13800138000，地址：上海市黄浦区南京东路 100 号 402 室",
            Pasted("李雷", PHONE, *HUANGPU, "南京东路 100 号 402 室"),
        ),
        (
            "收货人: 李雷\n手机号码: 13800138000\n所在地区: 上海市上海市黄浦区\n详细地址: 南京东路 100 号",
            Pasted("李雷", PHONE, *HUANGPU, "南京东路 100 号"),
        ),
        ("张三浙江省杭州市西湖区文三路", Pasted("张三", "", *XIHU, "文三路")),
        ("王小姐 中国上海市黄浦区人民广场", Pasted("王小姐", "", *HUANGPU, "人民广场")),
        ("上海市市辖区黄浦区人民路 1 号", Pasted("", "", *HUANGPU, "人民路 1 号")),
        ("上海市黄浦区人民路 5 号 Li Lei 13800138000", Pasted("Li Lei", PHONE, *HUANGPU, "人民路 5 号")),
        ("欧阳娜娜　１３８００１３８０００", Pasted("欧阳娜娜", PHONE)),
        ("广东省东莞市长安镇 1 号 陈明", Pasted("陈明", "", "440000", "441900", "441900", "长安镇 1 号")),
        ("浙江省杭州市文三路", Pasted("", "", "330000", "330100", "", "文三路")),
        ("文三路 100 号", Pasted(detail="文三路 100 号")),
        ("12345678901", Pasted(detail="12345678901")),
        ("张\u202e三\u200b 13800138000", Pasted("张三", PHONE)),
        ("", Pasted()),
        (" ,，\n;\x00", Pasted()),
    ],
)
def test_a_text_is_taken_apart(text, found):
    assert split(text) == found


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 13800138000",
        "+86-138-0013-8000",
        "8613800138000",
        "0086 138 0013 8000",
        "１３８００１３８０００",
        " (86) 138 0013 8000 ",
    ],
)
def test_a_phone_is_normalised(typed):
    assert phone_of(typed) == PHONE


@pytest.mark.parametrize(
    "typed", ["", "1380013800", "138001380000", "12800138000", "021 6329 1234", "١٣٨٠٠١٣٨٠٠٠", "+1 13800138000"]
)
def test_what_is_no_mobile_number_is_none(typed):
    assert phone_of(typed) == ""


ROAD = "浙江省杭州市西湖区文三路 100 号"
PIECES = ["张三", PHONE, "+86", "上海市", "黄浦区", "文三路", "100 号", "地址:", ",", "\n", " ", "\u202e", "\x00", "ﷺ"]


@given(st.text(max_size=600) | st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map("".join))
def test_any_text_gives_a_result_that_fits(text):
    found = split(text)
    assert len(found.name) <= LONGEST_NAME
    assert len(found.detail) <= LONGEST_DETAIL
    assert found.phone == "" or phone_of(found.phone) == found.phone
    assert found.district == "" or regions.parents_of(found.district) == (found.province, found.city)


@given(
    st.permutations(["张三", "138 0013 8000", "浙江省杭州市西湖区文三路 100 号"]),
    st.sampled_from([",", "\n", "，", "; "]),
)
def test_the_order_does_not_matter(parts, separator):
    assert split(separator.join(parts)) == Pasted("张三", PHONE, *XIHU, "文三路 100 号")
