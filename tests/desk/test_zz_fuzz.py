from __future__ import annotations
import random, os, traceback
from datetime import timedelta
from pathlib import Path
import pytest
from sqlalchemy import text, select
from agentconsole.config import State, Priority, parse
from agentconsole.channels.base import settings_model
from agentconsole.desk import *
from agentconsole.desk import conversations, customers, dispatch, drafts, handling, merging, promises, replies, undo, acting, escalations, bulk, standing as standings, snooze, joining, steps
from agentconsole.desk.context import Desk, who_am_i
from agentconsole.errors import ConsoleError, DeskError
from agentconsole.model.macro import Actions, MacroPromise
from agentconsole.model.message import Address
from agentconsole.store import conversations as sc
from agentconsole.store.tables import message as tm, conversation as tc, outbox as to, draft as td, promise as tp
from tests.conftest import Time, wipe
from tests.incoming import arrives, message, NINE
from functools import partial

def check(desk, words, log):
    with desk.store.read() as c:
        bad = c.execute(text("select count(*) from outbox o join message m on m.id=o.message_id where o.conversation_id<>m.conversation_id")).scalar()
        assert bad == 0, ("outbox apart", log)
        merged = [r.id for r in c.execute(select(tc.c.id).where(tc.c.merged_into.is_not(None)))]
        for t in (tm, td):
            n = c.execute(select(t.c.conversation_id).where(t.c.conversation_id.in_(merged))).all()
            assert not n, (t.name, "at merged", log)
        open_p = {}
        for cid, at in c.execute(select(tp.c.conversation_id, tp.c.at).where(tp.c.ended.is_(None))):
            open_p[cid] = min(at, open_p.get(cid, at))
        for r in c.execute(select(tc.c.id, tc.c.promised_at, tc.c.number)):
            assert r.promised_at == open_p.get(r.id), ("promised_at", r.number, log)
        have = {r.text for r in c.execute(select(tm.c.text))} | {r.text for r in c.execute(select(td.c.text))}
        allw = "\n".join(have)
        for w in words:
            assert w in allw, ("lost", w, log)
        rows = [r for r in sc.by_numbers(c, range(1, 200))]
        found = standings.load(c, rows)
        for r in rows:
            s = found[r.id]
            before = s.columns(desk)
            standings.refold(c, desk, s)
            after = s.columns(desk)
            diff = {k: (before[k], after[k]) for k in before if before[k] != after[k] and k not in ("rank","why")}
            if diff: DIFFS.append((r.number, diff, list(log)))
DIFFS = []
def test_fuzz(open_as, now):
    lea, tom = open_as("lea"), open_as("tom")
    seed0 = int(os.environ.get("SEED", "0")); N = int(os.environ.get("N", "60"))
    kinds = {}
    for seed in range(seed0, seed0 + N):
        rnd = random.Random(seed); wipe(lea.store); log = []; words = []; ids = []
        def arr(ref=None, chan="mail"):
            w = f"word{len(words)}x"; words.append(w); e = f"s{seed}-{len(words)}@x"; ids.append(e)
            arrives(lea, message(w, external_id=e, at=now(), references=(ref,) if ref else ()), channel=chan)
        for ch in ("mail", "form", "mail"): arr(None, ch)
        for _ in range(25):
            now.passes(seconds=rnd.choice([1, 1, 1, 5, 600, 3600]))
            d = rnd.choice([lea, lea, tom])
            with d.store.read() as c: nums = [r.number for r in sc.by_numbers(c, range(1, 100))]
            n, m = rnd.choice(nums), rnd.choice(nums)
            op = rnd.choice("merge merge merge2 unmerge unmerge undo undo undo undo split reply reply note promise keep escalate take state state tag draft arrive arrive arrive wake send assign deliver".split())
            log.append((d.agent.id, op, n, m))
            try:
                if op in ("reply","send","note") and any(x.number == conversations.row(d, n).number for x in drafts.mine(d)): continue
                if op == "merge": merging.merge(d, [n], m)
                elif op == "merge2": merging.merge(d, rnd.sample(nums, 2), m)
                elif op == "unmerge": merging.unmerge(d, n)
                elif op == "undo": undo.undo(d)
                elif op == "split":
                    t = conversations.open_thread(d, n); merging.split(d, n, rnd.choice(t.messages).seq)
                elif op == "reply":
                    w = f"word{len(words)}x"; replies.reply(d, n, w, hold=timedelta(seconds=8), state=rnd.choice([None, State.PENDING, State.RESOLVED])); words.append(w)
                elif op == "send":
                    w = f"word{len(words)}x"; acting.send(d, n, w, Actions(note=w+"note", promise=rnd.choice([None, MacroPromise("30min","call")]), state=rnd.choice([None, State.PENDING, State.RESOLVED])), hold=timedelta(seconds=8)); words += [w, w+"note"]
                elif op == "note": w = f"word{len(words)}x"; replies.note(d, n, w); words.append(w)
                elif op == "promise": promises.promise(d, n, now() + timedelta(hours=rnd.choice([1, 5, 30])), "call")
                elif op == "keep":
                    o = promises.everyones(d)
                    if o: rnd.choice([promises.keep, promises.drop, lambda a, b: promises.renew(a, b, now() + timedelta(hours=3))])(d, rnd.choice(o).id)
                elif op == "escalate": escalations.escalate(d, n, "why", team="mail")
                elif op == "take": escalations.take(d, n)
                elif op == "state": handling.set_state(d, n, rnd.choice([State.OPEN, State.PENDING, State.RESOLVED, State.SNOOZED]))
                elif op == "assign": handling.assign(d, n, rnd.choice(["lea", "tom", None]))
                elif op == "tag": handling.tag(d, n, [f"t{rnd.randrange(4)}"])
                elif op == "draft":
                    if any(x.number == n for x in drafts.mine(d)): continue
                    r = conversations.row(d, n)
                    if any(x.number == r.number for x in drafts.mine(d)): continue
                    w = f"word{len(words)}x"; drafts.keep(d, n, w, 1); words.append(w)
                elif op == "arrive": arr(rnd.choice(ids))
                elif op == "wake": handling.wake(d)
                elif op == "deliver":
                    got = dispatch.claim(d, "mail", "h")
                    if got: dispatch.record(d, got[0], rnd.choice([dispatch.Outcome.SENT, dispatch.Outcome.FAILED]), "x")
            except DeskError as e:
                raise AssertionError((seed, log, e.what)) from e
            except ConsoleError as e:
                log.append(("refused", e.what))
            check(lea, words, (seed, log))
    from collections import Counter
    c = Counter(tuple(sorted(d[1])) + (d[2][1][-1][1] if len(d[2][1][-1]) > 2 else "refused",) for d in DIFFS)
    for k, v in c.most_common(20): print(v, k)
    firsts = {}
    for d in DIFFS: firsts.setdefault(tuple(sorted(d[1])), d)
    for k, d in list(firsts.items())[:4]: print("FIRST", d)
