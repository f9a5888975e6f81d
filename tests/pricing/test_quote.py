"""A price as a whole: the worked example of docs/pricing.md, and what holds for every basket."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from axf.pricing import Adjustment, Basket, Coupon, Freight, FullOff, Line, Quote, Vip, full_off_progress, quote

EXAMPLE = Basket(
    lines=(
        Line(475, 2990, 2, promo_price=2690, food_type_ids=frozenset({103532, 103534})),
        Line(512, 680, 3, is_bogo=True),
        Line(530, 1250, 1),
    ),
    full_offs=(FullOff(1, 6000, 500),),
    vip=Vip(98),
    coupon=Coupon("amount", 800, minimum=3000, food_type_ids=frozenset({103532})),
    points=450,
    freight=Freight(600, 5900),
)


def test_the_worked_example_of_the_document():
    price = quote(EXAMPLE)
    assert price.goods_total == 9270
    assert price.sums == {
        "promo": -600,
        "bogo": -680,
        "full-off": -500,
        "vip": -148,
        "coupon": -800,
        "points": -450,
    }
    assert price.payable == 6092
    assert sum(price.left.values()) == 6092


def test_an_empty_basket_costs_nothing():
    assert quote(Basket(())) == Quote({}, ())


def test_other_lines_keep_their_price():
    price = quote(Basket((Line(1, 1000, 2), Line(2, 150, 2, is_bogo=True))))
    assert price == Quote({1: 2000, 2: 300}, (Adjustment("bogo", 2, -150),))
    assert (price.payable, price.saved) == (2150, 150)


def test_how_far_a_basket_is_to_each_full_off():
    large, of_two, absent, small = (
        FullOff(1, 9000, 900),
        FullOff(2, 2000, 300, frozenset({2, 3})),
        FullOff(3, 1, 1, frozenset({9})),
        FullOff(4, 3000, 100),
    )
    lines = Line(1, 1000, 2, is_bogo=True), Line(2, 1500, 1, promo_price=1400), Line(3, 600, 1)
    steps = full_off_progress(Basket(lines, (small, absent, of_two, large), vip=Vip(50)))
    assert [(step.offer, step.total, step.missing) for step in steps] == [
        (large, 3000, 6000),
        (of_two, 2000, 0),
        (small, 1000, 2000),
    ]


ids = st.integers(1, 12)
sets = st.frozensets(ids, max_size=4)
lines = st.builds(
    Line,
    ids,
    st.integers(1, 10**6),
    st.integers(1, 99),
    st.booleans(),
    st.booleans(),
    st.none() | st.integers(0, 10**6),
    sets,
)
coupons = st.builds(
    Coupon,
    st.sampled_from(["amount", "percent", "fixed", "delivery"]),
    st.integers(0, 100),
    st.integers(0, 10**6),
    st.none() | st.integers(0, 10**5),
    sets,
    sets,
)
baskets = st.builds(
    Basket,
    st.lists(lines, max_size=12, unique_by=lambda line: line.goods_id).map(tuple),
    st.lists(st.builds(FullOff, ids, st.integers(0, 10**6), st.integers(0, 10**6), sets), max_size=3).map(tuple),
    st.builds(Vip, st.integers(50, 100), st.none() | st.integers(0, 10**6)),
    st.none() | coupons,
    st.booleans(),
    st.integers(0, 10**7),
    st.none() | st.builds(Freight, st.integers(0, 5000), st.none() | st.integers(0, 10**6)),
)


@given(baskets)
def test_the_parts_add_up_and_nobody_is_paid_for_buying(basket):
    price = quote(basket)
    assert price.goods_total == sum(line.price * line.quantity for line in basket.lines)
    assert price.payable == price.goods_total + sum(price.sums.values()) == sum(price.left.values())
    assert price.payable >= 0
    assert all(each >= 0 for each in price.left.values())


@given(baskets)
def test_no_rule_takes_more_from_a_line_than_it_costs(basket):
    left = {line.goods_id: line.amount for line in basket.lines}
    for each in quote(basket).adjustments:
        left[each.goods_id] += each.amount
        assert left[each.goods_id] >= 0


@given(baskets)
def test_a_full_off_is_taken_where_its_progress_is_done_and_only_there(basket):
    reached = [step for step in full_off_progress(basket) if not step.missing]
    assert quote(basket).sums.get("full-off", 0) == -sum(min(step.offer.off, step.total) for step in reached)


@given(baskets, st.randoms())
def test_the_order_of_the_lines_makes_no_difference(basket, random):
    shuffled = random.sample(basket.lines, len(basket.lines))
    assert quote(replace(basket, lines=tuple(shuffled))) == quote(basket)


@given(baskets, st.data())
def test_one_more_piece_never_lowers_the_price_of_the_goods(basket, data):
    """Without sums to reach: 满减, a coupon's minimum and free delivery may well make more cost less."""
    plain = replace(basket, full_offs=(), coupon=None, freight=None, points=0)
    if plain.lines:
        place = data.draw(st.integers(0, len(plain.lines) - 1))
        one = plain.lines[place]
        more = (*plain.lines[:place], replace(one, quantity=one.quantity + 1), *plain.lines[place + 1 :])
        assert quote(replace(plain, lines=more)).payable >= quote(plain).payable
