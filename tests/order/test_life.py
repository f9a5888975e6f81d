"""Whatever happens to orders, in whatever order: shop and model agree after each step, the books after each run.

Everything goes by the use cases, notices by their HTTP address, and refunds to the mock gateway over real HTTP.
"""

import time
from collections import Counter
from contextlib import nullcontext
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select, update

from axf.aftersale import service as after_sale
from axf.aftersale.rules import Limits, Reason
from axf.aftersale.service import AskedAlready, Wanted
from axf.aftersale.state import Kind
from axf.cart import service as cart
from axf.core import clock
from axf.core.db import transaction
from axf.core.errors import NotFound
from axf.coupon.models import UserCoupon
from axf.credit import adjustment
from axf.credit import ledger as credit
from axf.credit.ledger import BalanceShort
from axf.extensions import db
from axf.logistics.shipments import Rider
from axf.market.models import Goods
from axf.market.stock import OutOfStock
from axf.order import checkout, direct, dispatch, fulfilment, picking, refunds, settlement
from axf.order.direct import NoPromise
from axf.order.draft import BEST
from axf.order.fulfilment import NotCollected
from axf.order.models import Order, OrderAdjustment, OrderLine
from axf.order.picking import NotWished, ReplacedAlready, Swap
from axf.order.refunds import NothingToReturn
from axf.order.settlement import OrderExpired
from axf.order.shares import NotSoMany
from axf.order.state import WrongState
from axf.payment import attempts
from axf.payment.models import APPLIED, MISMATCH, UNMATCHED, Payment, PaymentNotice, Refund
from axf.payment.providers.mock import APP_ID, SIGNATURE_HEADER, TIME_HEADER, notice_signature
from axf.payment.providers.mock_cashier import signed_message
from axf.payment.providers.mock_store import MockStore
from axf.points import ledger as points
from axf.points.ledger import Reason as PointsReason
from axf.storage.local import Folder
from axf.user.models import User
from axf.vip import ledger as vip
from tests.check.shop import broken
from tests.conftest import add_goods, add_types, place_all, wishes_of
from tests.coupon.conftest import add_coupon, give
from tests.order.life import CANCELLED, PAID, PICKING, RECEIVED, SHIPPED, UNPAID, Deal, Line, Shop
from tests.payment.gateways import served
from tests.points.test_ledger import add_user

GOODS = {475: (1000, 16), 476: (333, 12), 477: (99, 6)}
CREDIT, POINTS, MOST_ORDERS = 9000, 700, 4
# Instead of steps forward: its time runs out, and then it is paid.
LATE = -1
NOWHERE = Folder(Path("/nonexistent"))
NOBODY = "http://127.0.0.1:9"
EVERYTHING, NOTHING = Limits(worth=10**6, per_month=99), Limits(worth=0, per_month=0)

places, pieces = st.integers(0, 4 * MOST_ORDERS - 1), st.sampled_from([1, 1, 1, 2, 3])
ways = st.sampled_from(["mock", "mock", "balance", "cod"])
lines, substitutes = st.sampled_from([475, 476]), st.sampled_from([475, 476, 477])
baskets = st.sampled_from([{475: 2, 476: 3}, {475: 3}, {475: 1, 476: 1}, {476: 2, 475: 1}])
ends = st.sampled_from(["done", "done", "open", "failed"])


def expecting(*refusals: tuple[bool, type[Exception]]):
    """Expect the first refusal whose condition holds, or none."""
    return next((pytest.raises(refusal) for holds, refusal in refusals if holds), nullcontext())


class Life(RuleBasedStateMachine):
    """One shopper with up to four orders at a time; each rule does something to one of them, allowed or not."""

    def __init__(self, app, database, gateway_url: str) -> None:
        super().__init__()
        self.app, self.gateway_url, self.numbers = app, gateway_url, count(1)
        self.store, self.secret = MockStore(app.instance_path), app.config["SECRET_KEY"]
        self.told: list[tuple[str, dict]] = []
        self.asked: list[tuple[str, Deal, int, int]] = []
        self.has_rejected = False
        app.config["BASE_URL"] = gateway_url
        db.session.remove()
        db.engine.dispose()
        database.empty(app)
        self.client = app.test_client()

    @initialize(
        orders=st.lists(
            st.tuples(baskets, st.booleans(), st.booleans(), ways, st.sampled_from([LATE, 0, 1, 2, 2, 2, 3, 5])),
            min_size=2,
            max_size=3,
        )
    )
    def open_shop(self, orders: list) -> None:
        """Open a shop in which orders are on their way already: whatever follows finds something to happen to."""
        add_types()
        for goods_id, (price, stock) in GOODS.items():
            add_goods(id=goods_id, price=price, stock=stock)
        self.user = add_user("anna")
        month_ago = clock.now() - timedelta(days=30)
        db.session.execute(update(User).values(created_at=month_ago))
        db.session.commit()
        adjustment.adjust(self.user, CREDIT, reference="T-1")
        with transaction(db.session):
            points.earn(db.session, self.user, POINTS, reason=PointsReason.WELCOME, reference="w", at=clock.now())
        give(add_coupon(value=300, minimum=0), self.user)
        self.shop = Shop({goods_id: stock for goods_id, (_price, stock) in GOODS.items()}, CREDIT, POINTS)
        for basket, has_rewards, replaces, way, steps in orders:
            self.place(basket, has_rewards, replaces, starts=way == "mock" or replaces)
            deal = list(self.shop.deals.values())[-1]
            for _ in range(max(0, steps)):
                self.advance(deal, way)
            if steps == LATE:
                self.time_is_up(deal, "late money")

    @rule(place=places, way=ways)
    def advance(self, place: int, way: str) -> None:
        """Let an order go on as it should."""
        deal = self.deal(place)
        if deal is None:
            return
        if deal.state == UNPAID:
            if way == "mock":
                self.start(deal)
                self.notice(deal, 0, "good", "done")
            else:
                (self.pay_with_credit if way == "balance" else self.promise)(deal)
        elif deal.state == SHIPPED:
            self.deliver(deal, collected=True)
            self.receive(deal)
        elif deal.state in (PAID, PICKING):
            (self.start_picking if deal.state == PAID else self.ship)(deal)

    # The shopper

    @precondition(
        lambda self: sum(deal.state not in (RECEIVED, CANCELLED) for deal in self.shop.deals.values()) < MOST_ORDERS
    )
    @rule(basket=baskets, has_rewards=st.booleans(), replaces=st.booleans(), starts=st.booleans())
    def place(self, basket: dict[int, int], has_rewards: bool, replaces: bool, starts: bool) -> None:
        stock = self.shop.stock()
        if any(stock[goods_id] < quantity for goods_id, quantity in basket.items()):
            return
        for goods_id, quantity in basket.items():
            cart.set_quantity(self.user, goods_id, quantity)
        wish = "replace" if replaces else "refund"
        chosen = {"coupon": BEST if has_rewards else None, "has_points": has_rewards, "wish": wish}
        token = checkout.new_token()
        no = place_all(self.user, token, **chosen)
        assert checkout.place(self.user, token, 0, wishes_of(self.user), timedelta()).no == no
        deal = self._deal(no, wish)
        self.shop.place(deal)
        if starts:
            self.start(deal)

    @rule(place=places)
    def start(self, place: int) -> None:
        if deal := self.deal(place, UNPAID):
            with self._payable(deal):
                payment = settlement.start(self.user, deal.no, "mock")
                deal.attempts.setdefault(payment.no, "pending")

    @rule(place=places)
    def pay_with_credit(self, place: int) -> None:
        if deal := self.deal(place, UNPAID):
            is_short = deal.state == UNPAID and not deal.is_over and self.shop.credit < deal.payable
            with self._payable(deal, (is_short, BalanceShort)):
                direct.pay(self.user, deal.no, "balance")
                self.shop.settle(deal, "balance")

    @rule(place=places)
    def promise(self, place: int) -> None:
        if deal := self.deal(place, UNPAID):
            waits = any(each.is_promised for each in self.shop.deals.values())
            with self._payable(deal, (waits, NoPromise)):
                direct.pay(self.user, deal.no, "cod")
                self.shop.settle(deal, "cod")

    @rule(place=places)
    def cancel(self, place: int) -> None:
        if deal := self.deal(place, UNPAID, PAID):
            with expecting((deal.state not in (UNPAID, PAID), WrongState)):
                fulfilment.cancel(self.user, deal.no)
                self.shop.cancel(deal)

    @rule(place=places)
    def receive(self, place: int) -> None:
        if deal := self.deal(place, SHIPPED):
            with expecting((deal.state != SHIPPED, WrongState), (deal.is_promised, NotCollected)):
                fulfilment.receive(self.user, deal.no)
                self.shop.receive(deal)

    @rule(place=places, goods_id=lines, quantity=pieces, is_at_once=st.booleans())
    def ask(self, place: int, goods_id: int, quantity: int, is_at_once: bool) -> None:
        if deal := self.deal(place, RECEIVED):
            line = deal.lines.get(goods_id)
            number = 1 + sum(1 for no, *_ in self.asked if no.startswith(deal.no))
            wanted = Wanted(Kind.REFUND, Reason.MISSING, "少了", {goods_id: quantity}, number)
            is_open = any((d, g) == (deal, goods_id) for _no, d, g, pieces in self.asked if pieces)
            refused = (
                (deal.state != RECEIVED, WrongState),
                (line is None, NotFound),
                (is_open, AskedAlready),
                (line is not None and quantity > line.left, NotSoMany),
            )
            with expecting(*refused):
                limits = EVERYTHING if is_at_once else NOTHING
                no = after_sale.ask(self.user, deal.no, wanted, uploads=[], store=NOWHERE, limits=limits)
                is_done = is_at_once and not self.has_rejected
                assert after_sale.ask(self.user, deal.no, wanted, uploads=[], store=NOWHERE, limits=limits) == no
                self.asked.append((no, deal, goods_id, 0 if is_done else quantity))
                if is_done:
                    self.shop.after_sale(deal, goods_id, quantity)

    # The shop

    @precondition(lambda self: any(pieces for *_, pieces in self.asked))
    @rule(how=st.sampled_from(["approve", "approve", "reject", "withdraw"]))
    def decide(self, how: str) -> None:
        at = next(place for place, (*_, pieces) in enumerate(self.asked) if pieces)
        no, deal, goods_id, quantity = self.asked[at]
        self.asked[at] = (no, deal, goods_id, 0)
        if how == "approve":
            after_sale.approve(no)
            self.shop.after_sale(deal, goods_id, quantity)
        elif how == "reject":
            after_sale.reject(no, "no")
            self.has_rejected = True
        else:
            after_sale.withdraw(self.user, no)

    @rule(place=places)
    def give_up(self, place: int) -> None:
        if deal := self.deal(place, UNPAID, PAID, PICKING):
            with expecting((deal.state not in (UNPAID, PAID, PICKING), WrongState)):
                fulfilment.cancel_by_shop(deal.no, "no van")
                self.shop.cancel(deal)

    @rule(place=places)
    def start_picking(self, place: int) -> None:
        if deal := self.deal(place, PAID):
            with expecting((deal.state != PAID, WrongState)):
                dispatch.start_picking(deal.no)
                deal.state = PICKING

    @rule(place=places, goods_id=lines, found=st.sampled_from([0, 0, 1, 1, 2]))
    def find_fewer(self, place: int, goods_id: int, found: int) -> None:
        if deal := self.deal(place, PICKING):
            line = deal.lines.get(goods_id)
            is_known = line is not None
            refused = (
                (deal.state != PICKING, WrongState),
                (not is_known, NotFound),
                (is_known and found > line.as_ordered, NotSoMany),
            )
            with expecting(*refused):
                picking.short(deal.no, {goods_id: found})
                missing = line.as_ordered - found
                if missing:
                    self.shop.drop(deal, goods_id, missing, line.share_as_ordered(missing))
                    if not any(deal.held().values()):
                        self.shop.cancel(deal)
                    self.shop.send(deal)

    @rule(place=places, goods_id=lines, quantity=pieces, substitute_id=substitutes, is_agreed=st.booleans())
    def substitute(self, place: int, goods_id: int, quantity: int, substitute_id: int, is_agreed: bool) -> None:
        if deal := self.deal(place, PICKING):
            line = deal.lines.get(goods_id)
            is_known = line is not None
            refused = (
                (deal.state != PICKING, WrongState),
                (not is_known, NotFound),
                (not is_agreed and deal.wish != "replace", NotWished),
                (is_known and quantity > line.as_ordered, NotSoMany),
                (goods_id == substitute_id, NotFound),
                (is_known and substitute_id in line.instead, ReplacedAlready),
                (self.shop.stock()[substitute_id] < 1, OutOfStock),
            )
            with expecting(*refused):
                charged = picking.substitute(deal.no, Swap(goods_id, quantity, substitute_id, 1), is_agreed=is_agreed)
                paid, _points = line.share_as_ordered(quantity)
                assert charged == min(GOODS[substitute_id][0], paid)
                line.instead[substitute_id] = (quantity, 1, charged)
                line.amount -= paid - charged
                self.shop.give_back(deal, paid - charged)
                self.shop.send(deal)

    @rule(place=places)
    def ship(self, place: int) -> None:
        if deal := self.deal(place, PICKING):
            may = deal.state == PICKING or (deal.state == SHIPPED and not deal.is_delivered)
            with expecting((not may, WrongState)):
                dispatch.ship(deal.no, Rider("王骑手", "13900000000"))
                deal.state = SHIPPED

    @rule(place=places, collected=st.booleans())
    def deliver(self, place: int, collected: bool) -> None:
        if deal := self.deal(place, SHIPPED):
            is_unpaid = deal.is_promised and not collected
            with expecting((deal.state not in (SHIPPED, RECEIVED), WrongState), (is_unpaid, NotCollected)):
                dispatch.deliver(deal.no, collected=collected)
                deal.is_delivered, deal.is_promised = True, False

    # Time

    @rule(place=places, then=st.sampled_from(["", "timer", "late money", "late money"]))
    def time_is_up(self, place: int, then: str) -> None:
        """The time to pay is over; the timer comes at once or later, and perhaps the money after it."""
        deal = self.deal(place, UNPAID)
        if deal and deal.state == UNPAID:
            db.session.execute(update(Order).where(Order.no == deal.no).values(expires_at=Order.created_at))
            db.session.commit()
            deal.is_over = True
        if then:
            self.expire()
        if deal and then == "late money":
            self.notice(deal, 0, "good", "done")

    @rule()
    def expire(self) -> None:
        over = [deal for deal in self.shop.deals.values() if deal.state == UNPAID and deal.is_over]
        assert fulfilment.expire() == len(over)
        for deal in over:
            self.shop.cancel(deal, is_expiry=True)

    # The gateway

    @rule(place=places, which=st.integers(0, 2), kind=st.sampled_from(["good", "good", "second", "short"]), end=ends)
    def notice(self, place: int, which: int, kind: str, end: str) -> None:
        """The gateway tells of a payment: for whatever attempt, whatever became of its order."""
        deal = self.deal(place, UNPAID, CANCELLED)
        if not deal or not deal.attempts:
            return
        no = list(deal.attempts)[which % len(deal.attempts)]
        number = next(self.numbers)
        reference = f"{no}/{number}" if kind == "second" else f"{no}/short" if kind == "short" else no
        amount = deal.payable - (kind == "short")
        # The first payment of a trade decides how its refunds go.
        end = deal.ends.setdefault(no, end)
        self.store.take(no, deal.payable, {"failed": "refuse"}.get(end, end))
        if kind != "good":
            self._more_came(no, amount, number)
        outcome = self.shop.money_comes(deal, no, amount, reference, end)
        said = self._said(f"e{number}", no, amount, reference)
        assert self._post("notify", said) == 200
        assert self._outcome(said) == outcome

    def _more_came(self, no: str, amount: int, number: int) -> None:
        """Let the gateway know that it has taken more by this number, so that it can give as much back."""
        with self.store._open() as connection:
            connection.execute("INSERT INTO refund VALUES (?, ?, ?, 'done', '')", (f"more-{no}-{number}", no, -amount))

    @rule(place=places, kind=st.sampled_from(["forged", "stale", "other app", "changed", "get", "refund"]))
    def not_a_notice(self, place: int, kind: str) -> None:
        """What no gateway said, or said to somebody else, moves nothing."""
        deal = self.deal(place)
        if not deal or not deal.attempts:
            return
        said = self._said("forged", next(iter(deal.attempts)), deal.payable, "F")
        if kind == "other app":
            said["app_id"] = "another shop"
        elif kind == "refund":
            said["status"] = "refunded"
        raw, headers = signed_message(said, "another secret" if kind == "forged" else self.secret)
        if kind == "stale":
            before = str(int(time.time()) - 301)
            headers |= {TIME_HEADER: before, SIGNATURE_HEADER: notice_signature(self.secret, raw, before)}
        elif kind == "changed":
            raw = raw.replace(b'"forged"', b'"Forged"')
        if kind == "get":
            assert self.client.get("/axf/pay/mock/notify/", headers=headers).status_code == 405
        else:
            assert self.client.post("/axf/pay/mock/notify/", data=raw, headers=headers).status_code == 400

    @rule(number=st.integers(0, 3))
    def foreign_notice(self, number: int) -> None:
        said = self._said(f"foreign{number}", f"nobody{number}", 100, f"N{number}")
        assert self._post("notify", said) == 200
        assert self._outcome(said) == "foreign"

    @precondition(lambda self: self.told)
    @rule(which=st.integers(0, 99))
    def repeat(self, which: int) -> None:
        path, said = self.told[which % len(self.told)]
        assert self._post(path, said) == 200

    @rule(place=places, which=st.integers(0, 2))
    def close_attempt(self, place: int, which: int) -> None:
        """The gateway says that nobody will pay this attempt any more, and may be wrong."""
        deal = self.deal(place)
        if deal and deal.attempts:
            no = list(deal.attempts)[which % len(deal.attempts)]
            with transaction(db.session):
                is_news = attempts.close(db.session, no)
            assert is_news == (deal.attempts[no] == "pending")
            if is_news:
                deal.attempts[no] = "closed"

    @rule(which=st.integers(0, 9), end=st.sampled_from(["done", "failed"]), is_short=st.booleans())
    def refund_notice(self, which: int, end: str, is_short: bool) -> None:
        row = self._refund(which)
        if row is None:
            return
        deal, refund = row
        said = self._said(f"r{next(self.numbers)}", "", refund.amount - is_short, "")
        said |= {"refund_no": refund.no, "status": {"done": "refunded", "failed": "refund-failed"}[end]}
        back = self._back(deal, refund)
        assert self._post("refund-notify", said) == 200
        if not is_short and (end == "done" or back.state == "open"):
            back.state = end

    @rule(which=st.integers(0, 9))
    def retry(self, which: int) -> None:
        """A person lets a refund be tried again."""
        row = self._refund(which)
        if row is None:
            return
        deal, refund = row
        back = self._back(deal, refund)
        with expecting((back.state != "failed", NotFound)):
            refunds.retry(refund.no)
            back.state, back.is_tried = "open", False
            refunds.send_for(refund.order_id)
            self.shop.send(deal)

    @rule(which=st.integers(0, 9))
    def return_by_hand(self, which: int) -> None:
        """A person sends money back that nothing could take."""
        rows = db.session.execute(select(Payment, Order.no).join(Order, Order.id == Payment.order_id)).all()
        db.session.rollback()
        if not rows:
            return
        payment, no = rows[which % len(rows)]
        may = payment.state == UNMATCHED and not payment.refunded
        deal = self.shop.deals[no]
        with expecting((not may, NothingToReturn)):
            refunds.return_unmatched(payment.no)
            stray = next(m for m in deal.money if m.is_stray and not m.backs and m.amount == payment.amount)
            stray.send_back(stray.amount)
            self.shop.send(deal)

    @rule()
    def gateway_falls_silent_or_speaks(self) -> None:
        self.shop.is_gateway_up = not self.shop.is_gateway_up
        self.app.config["BASE_URL"] = self.gateway_url if self.shop.is_gateway_up else NOBODY

    @rule()
    def reconcile(self) -> None:
        """The timer sends what is open, once its pause is over."""
        db.session.execute(update(Refund).values(next_try_at=Refund.created_at))
        db.session.commit()
        refunds.send_due()
        for deal in self.shop.deals.values():
            self.shop.send(deal, is_again=True)

    # What must be true

    @invariant()
    def agrees(self) -> None:
        if not hasattr(self, "shop"):
            return
        db.session.rollback()
        found = {
            row.no: (row.state, row.refunded)
            for row in db.session.execute(select(Order.no, Order.state, Order.refunded))
        }
        assert found == {deal.no: (deal.state, deal.fallen) for deal in self.shop.deals.values()}
        goods = db.session.execute(select(Goods.id, Goods.stock, Goods.sales)).all()
        assert {row.id: row.stock for row in goods} == self.shop.stock()
        assert {row.id: row.sales for row in goods} == self.shop.sales()
        assert credit.balance_of(self.user) == self.shop.credit
        assert points.balance_of(self.user) == self.shop.points
        assert vip.growth_of(self.user) == self.shop.growth
        assert (db.session.scalar(select(UserCoupon.order_id)) is None) == (self.shop.coupon_of is None)
        self._money_agrees()

    def _money_agrees(self) -> None:
        """What came in is what was kept, what is back, what is on its way and what waits for a person."""
        money = [each for deal in self.shop.deals.values() for each in deal.money]
        backs = [back for each in money for back in each.backs]
        told = select(func.sum(PaymentNotice.amount)).where(
            PaymentNotice.outcome.in_((APPLIED, UNMATCHED, MISMATCH)),
            PaymentNotice.amount > 0,
            PaymentNotice.event_id.startswith("e"),
        )
        came = int(db.session.scalar(told) or 0)
        kept = select(func.sum(Payment.amount - Payment.refunded)).where(Payment.provider == "mock")
        assert came == sum(each.amount for each in money)
        assert int(db.session.scalar(kept.where(Payment.state == APPLIED)) or 0) == sum(
            m.rest for m in money if not m.is_stray
        )
        assert int(db.session.scalar(kept.where(Payment.state == UNMATCHED)) or 0) == sum(
            m.rest for m in money if m.is_stray
        )
        rows = db.session.execute(
            select(Refund.state, Refund.amount)
            .join(Payment, Payment.id == Refund.payment_id)
            .where(Payment.provider == "mock")
        )
        assert Counter((row.state, row.amount) for row in rows) == Counter((back.state, back.amount) for back in backs)
        assert came == sum(each.rest for each in money) + sum(back.amount for back in backs)

    def teardown(self) -> None:
        assert broken() == []

    # Helpers

    def deal(self, place: int | Deal, *states: str) -> Deal | None:
        """Return an order by its place; where states are named, mostly one that is in one of them."""
        if isinstance(place, Deal):
            return place
        deals = list(self.shop.deals.values())
        fit = [deal for deal in deals if deal.state in states]
        if place >= MOST_ORDERS and fit:
            return fit[place % len(fit)]
        return deals[place % len(deals)] if deals else None

    def _deal(self, no: str, wish: str) -> Deal:
        """Read what the order costs: prices are proved elsewhere."""
        order = db.session.scalars(select(Order).where(Order.no == no)).one()
        adjusted = (
            db.session.execute(select(OrderAdjustment).where(OrderAdjustment.order_id == order.id)).scalars().all()
        )
        lines = {}
        for line in db.session.scalars(select(OrderLine).where(OrderLine.order_id == order.id)):
            of_it = [each for each in adjusted if each.goods_id == line.goods_id]
            spent = -sum(each.amount for each in of_it if each.rule == "points")
            lines[line.goods_id] = Line(line.quantity, line.amount + sum(each.amount for each in of_it), spent)
        spent = sum(line.points for line in lines.values())
        has_coupon = any(each.rule == "coupon" for each in adjusted)
        return Deal(no, order.payable, lines, spent, has_coupon, wish)

    def _payable(self, deal: Deal, *refusals: tuple[bool, type[Exception]]):
        return expecting((deal.state != UNPAID, WrongState), (deal.is_over, OrderExpired), *refusals)

    def _said(self, event: str, payment_no: str, amount: int, reference: str) -> dict:
        named = {"event_id": event, "payment_no": payment_no, "reference": reference}
        return {"app_id": APP_ID, "status": "paid", "amount": amount, **named}

    def _post(self, path: str, said: dict) -> int:
        self.told.append((path, said))
        raw, headers = signed_message(said, self.secret)
        return self.client.post(f"/axf/pay/mock/{path}/", data=raw, headers=headers).status_code

    def _outcome(self, said: dict) -> str:
        db.session.rollback()
        return db.session.scalar(select(PaymentNotice.outcome).where(PaymentNotice.event_id == said["event_id"]))

    def _refund(self, which: int):
        rows = db.session.execute(
            select(Refund.no, Refund.amount, Refund.state, Payment.order_id, Order.no.label("order_no"))
            .join(Payment, Payment.id == Refund.payment_id)
            .join(Order, Order.id == Payment.order_id)
            .where(Payment.provider == "mock")
            .order_by(Refund.id)
        ).all()
        db.session.rollback()
        if not rows:
            return None
        row = rows[which % len(rows)]
        return self.shop.deals[row.order_no], row

    def _back(self, deal: Deal, refund):
        return next(back for back in deal.backs if (back.amount, back.state) == (refund.amount, refund.state))


def test_shop_and_model_agree_whatever_happens(app, database, tmp_path):
    app.instance_path = str(tmp_path)
    chosen = settings(
        max_examples=12 if db.engine.dialect.name == "sqlite" else 4,
        stateful_step_count=150,
        deadline=None,
        derandomize=True,
        print_blob=False,
        # To shrink a run would take longer than a test may.
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    with served(app) as gateway_url:
        run_state_machine_as_test(lambda: Life(app, database, gateway_url), settings=chosen)
