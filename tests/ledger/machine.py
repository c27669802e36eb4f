"""Random acts on a ledger, each held against the obvious model and the decider."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy import select

from agentconsole.desk import conversations, gestures, ledger, linking
from agentconsole.desk.goodwill import Decision, decide
from agentconsole.model.gesture import Answer, Code, Wanted
from agentconsole.model.message import Address
from agentconsole.store.ledger import ledger_of
from agentconsole.store.ledger.tables import budget as budgets
from tests.incoming import arrives, everything, message
from tests.ledger.model import Gesture, Model, Request
from tests.ledger.played import (
    AGENTS,
    AMOUNTS,
    CURRENCIES,
    DECIDERS,
    KINDS,
    MOSTLY,
    PICK,
    PROOFS,
    REASONS,
    SMALL,
    THEN,
    World,
    month_after,
    place_of,
    serials,
    tried,
)


class Machine(RuleBasedStateMachine):
    """See the module."""

    world: ClassVar[World]

    @initialize()
    def begin(self) -> None:
        world, serial = self.world, next(serials)
        world.still(month_after(month_after(world.now.at)) + timedelta(hours=9))
        lea = world.desk("lea")
        gestures.expire(lea)  # what the run before left open
        known = {row.number for row in everything(lea)}
        people = ("anne", "bert", "anne-again")
        for who in people:
            address = Address(f"{who}-{serial}@customer.example", who)
            arrives(lea, message(at=world.now.at, author=address, subject=f"{who} {serial}"), channel="form")
        rows = [row for row in everything(lea) if row.number not in known]
        self.numbers = {row.number: "bert" if row.customer == "bert" else "anne" for row in rows}
        one, other = (row for row in rows if row.customer != "bert")
        linking.link(lea, one.number, other.customer_id)
        codes = [Code(f"CODE-{serial}-{n}", 1500, "EUR", None) for n in range(3 - self.left_over)]
        with world.desk("sam").store.write() as connection:
            ledger_of(connection).add_vouchers("voucher", codes)
        self.model = Model(world.policy, 3, world.now.at)

    left_over: ClassVar[int] = 0

    # acting

    def gesture(self, who: int, where: int, kind: str, amount: int, currency: str, reason: str, proof: str) -> Gesture:
        number = sorted(self.numbers)[where % len(self.numbers)]
        return Gesture(AGENTS[who % len(AGENTS)], number, self.numbers[number], kind, amount, currency, reason, proof)

    def wanted(self, gesture: Gesture) -> Wanted:
        desk, number = self.world.desk(gesture.agent), gesture.conversation
        return gestures.wanted(
            desk, number, gesture.kind, gesture.amount, gesture.currency, gesture.reason, gesture.proof
        )

    def foretold(self, gesture: Gesture) -> Decision:
        desk = self.world.desk(gesture.agent)
        read = gestures.standing(desk, gesture.conversation, gesture.kind, gesture.currency, gesture.reason)
        return decide(self.wanted(gesture), read)

    @rule(who=PICK, where=PICK, kind=KINDS, amount=AMOUNTS, currency=CURRENCIES, reason=REASONS, proof=PROOFS)
    def gives(self, **wanted: Any) -> None:
        gesture, key = self.gesture(**wanted), uuid4()
        expected, said = self.model.granting(gesture), self.foretold(gesture)
        desk = self.world.desk(gesture.agent)
        done, code = tried(lambda: gestures.grant(desk, gesture.conversation, self.wanted(gesture), key))
        assert code == expected
        if said.answer is Answer.GRANTED:
            assert code in ("", "out_of_stock")
        elif said.answer is Answer.NEEDS_APPROVAL or said.reason not in ("over_team_budget", "no_approver"):
            assert code == said.reason
        else:
            assert code
        if done:
            self.model.granted(gesture, done.entry, key)

    @rule(who=PICK, where=PICK, kind=MOSTLY, amounts=st.lists(SMALL, min_size=1, max_size=4))
    def gives_some(self, who: int, where: int, kind: str, amounts: list[int]) -> None:
        for amount in amounts:
            self.gives(
                who=who % 7,
                where=where,
                kind=kind,
                amount=1500 if kind == "voucher" else amount,
                currency="EUR",
                reason="outage",
                proof="photo",
            )

    @rule(who=PICK, where=PICK, kind=KINDS, amount=AMOUNTS, currency=CURRENCIES, reason=REASONS, proof=PROOFS)
    def asks(self, **wanted: Any) -> None:
        gesture = self.gesture(**wanted)
        expected, said = self.model.requesting(gesture), self.foretold(gesture)
        desk = self.world.desk(gesture.agent)
        done, code = tried(
            lambda: gestures.request(desk, gesture.conversation, self.wanted(gesture), uuid4(), "Please")
        )
        assert code == expected
        told = {Answer.GRANTED: "not_needed", Answer.NEEDS_APPROVAL: "", Answer.REFUSED: said.reason}
        assert code == told[said.answer]
        if done:
            self.model.requested(gesture, done.approval)

    @rule(who=PICK, where=PICK, amount=st.sampled_from((5001, 6000, 9000, 12000)), then=THEN)
    def asks_for_more(self, who: int, where: int, amount: int, then: str) -> None:
        before = len(self.model.requests)
        self.asks(
            who=who % 4, where=where, kind="credit", amount=amount, currency="EUR", reason="outage", proof="photo"
        )
        if len(self.model.requests) > before and then:
            self.approves(which=-1, who=then, less=who % 3 * 500)
            if who % 4:
                self.uses(which=-1, where=1, off=0, borrowed=False)

    def some(self, which: int) -> Request:
        """One of the requests, mostly an open one; the latest where ``which`` is -1."""
        waiting = [each for each in self.model.requests if each.open] if which % 4 else self.model.requests
        return (waiting or self.model.requests)[which % len(waiting or self.model.requests)]

    @precondition(lambda self: self.model.requests)
    @rule(which=PICK, who=DECIDERS, less=st.sampled_from((0, 0, 1, 1000, -1)))
    def approves(self, which: int, who: str, less: int) -> None:
        request = self.some(which)
        amount = request.amount - less
        expected = self.model.deciding(who, request, amount)
        desk = self.world.desk(who)
        _done, code = tried(lambda: gestures.approve(desk, request.id, amount, "So be it."))
        assert code == expected
        if not code:
            self.model.approved(who, request, amount)

    @precondition(lambda self: self.model.requests)
    @rule(which=PICK, who=st.sampled_from(("sam", "eve", "lea", "sam2")))
    def refuses(self, which: int, who: str) -> None:
        request = self.some(which)
        expected = self.model.deciding(who, request, None)
        desk = self.world.desk(who)
        _done, code = tried(lambda: gestures.refuse(desk, request.id, "No."))
        assert code == expected
        if not code:
            request.state = "refused"

    @precondition(lambda self: self.model.requests)
    @rule(which=PICK, mine=st.sampled_from((True, True, False)))
    def withdraws(self, which: int, mine: bool) -> None:
        request = self.some(which)
        who = request.agent if mine else "eve"
        _done, code = tried(lambda: gestures.withdraw(self.world.desk(who), request.id))
        assert code == ("no_request" if not request.open else "" if who == request.agent else "approval_mismatch")
        if not code:
            request.state = "withdrawn"

    @precondition(lambda self: self.model.requests)
    @rule(
        which=PICK,
        where=PICK,
        off=st.sampled_from((0, 0, 0, 0, 1)),
        borrowed=st.sampled_from((False, False, False, True)),
    )
    def uses(self, which: int, where: int, off: int, borrowed: bool) -> None:
        approved = [each for each in self.model.requests if each.state == "approved"]
        request = approved[which % len(approved)] if approved else self.some(which)
        same = [number for number in sorted(self.numbers) if self.numbers[number] == request.person]
        number = same[where % len(same)] if where % 5 else sorted(self.numbers)[where % len(self.numbers)]
        gesture = Gesture(
            "lea" if borrowed else request.agent, number, self.numbers[number], request.kind,
            request.holds - off, request.currency, request.reason, "",
        )  # fmt: skip
        expected, key = self.model.using(gesture, request), uuid4()
        desk = self.world.desk(gesture.agent)
        done, code = tried(lambda: gestures.grant(desk, number, self.wanted(gesture), key, request.id))
        assert code == expected
        if done:
            self.model.granted(gesture, done.entry, key, request)

    @precondition(lambda self: self.model.grants)
    @rule(which=PICK, who=st.sampled_from(("", "", "", "sam", "eve", "tom", "sam2")))
    def voids(self, which: int, who: str) -> None:
        grant = self.model.grants[-1 - which % min(4, len(self.model.grants))]
        who = who or grant.agent
        expected = self.model.voiding(who, grant)
        _done, code = tried(lambda: gestures.void(self.world.desk(who), grant.id, uuid4(), "Wrong."))
        assert code == expected
        if not code:
            self.model.voided(grant)

    @precondition(lambda self: self.model.grants)
    @rule(which=PICK, who=st.sampled_from(("", "", "sam", "tom")))
    def reveals(self, which: int, who: str) -> None:
        vouchers = [each for each in self.model.grants if each.kind == "voucher"] or self.model.grants
        grant = vouchers[which % len(vouchers)]
        who = who or grant.agent
        expected = self.model.revealing(who, grant)
        shown, code = tried(lambda: gestures.reveal(self.world.desk(who), grant.id))
        assert (code or ("" if shown else "no_code")) == expected
        if shown:
            assert shown.amount == grant.amount
            grant.shown_to.add(who)

    @precondition(lambda self: self.model.grants)
    @rule(which=PICK, changed=st.booleans())
    def repeats(self, which: int, changed: bool) -> None:
        grant = self.model.grants[which % len(self.model.grants)]
        desk, more = self.world.desk(grant.agent), 1 if changed else 0
        wanted = gestures.wanted(
            desk, grant.conversation, grant.kind, grant.amount + more, grant.currency, grant.reason, grant.proof
        )
        done, code = tried(lambda: gestures.grant(desk, grant.conversation, wanted, grant.key, grant.approval))
        if changed:
            assert code == "duplicate"
        else:
            assert done is not None
            assert (done.entry, done.replayed) == (grant.id, True)

    # time

    @rule(hours=st.sampled_from((0.01, 0.2, 0.3, 5, 24, 71.9, 72, 24 * 7, 24 * 40)))
    def time_passes(self, hours: float) -> None:
        self.stand(self.world.now.at + timedelta(hours=hours))

    @rule(before=st.booleans())
    def the_month_ends(self, before: bool) -> None:
        self.stand(month_after(self.world.now.at) - timedelta(microseconds=1 if before else 0))

    def stand(self, at: datetime) -> None:
        self.world.still(at)
        self.model.now = at

    @rule()
    def sweeps(self) -> None:
        ended = [each for each in self.model.requests if each.open and each.expires <= self.model.now]
        assert gestures.expire(self.world.desk("tom")) == len(ended)
        for request in ended:
            request.state = "expired"

    # what holds in every state

    @invariant()
    def counters_are_sums_and_within_their_ceilings(self) -> None:
        known = {b for each in (*self.model.grants, *self.model.requests) for b in each.budgets}
        with self.world.owner.read() as connection:
            b = budgets.c
            rows = connection.execute(
                select(b.scope, b.holder, b.purse, b.currency, b.period, b.begins, b.spent, b.reserved, b.count,
                       b.reserved_count).where(b.begins.in_({key[5] for key in known}))
            ).all()  # fmt: skip
        stored = {tuple(row[:6]): tuple(row[6:]) for row in rows}
        for key in known:
            used = self.model.used(key)
            assert stored[key] == used
            scope, holder, purse, currency, _period, _begins = key
            mine = [r["budget"] for r in self.model.rules.values() if place_of(r) == (holder, currency, purse)]
            most = self.model.teams[holder, currency, purse]["budget"] if scope == "team" else max(mine)
            assert used[0] + used[1] <= most

    @invariant()
    def nobody_has_more_than_anybody_may_give(self) -> None:
        for person in ("anne", "bert"):
            assert self.model.given(person, "goodwill", "EUR", 90 * 86400) <= 30_000
            assert self.model.given(person, "attention", "EUR", 365 * 86400) <= 2_000

    @invariant()
    def clocks_run_while_something_is_open(self) -> None:
        waiting = {each.conversation for each in self.model.requests if each.open}
        for number in self.numbers:
            row = conversations.row(self.world.desk("eve"), number)
            assert (row.approval_due_at is not None) == (number in waiting)

    def teardown(self) -> None:
        if not hasattr(self, "model"):
            return
        type(self).left_over = self.model.vouchers
        for agent in ("lea", "sam"):
            for number in self.numbers:
                entries = {
                    each.id: each.voided_at is not None for each in gestures.given(self.world.desk(agent), number)
                }
                mine = [each for each in self.model.grants if each.person == self.numbers[number]]
                assert entries == {each.id: each.voided for each in mine}
        assert ledger.verify(self.world.desk("sam")) == []
