from datetime import UTC
from agentconsole.config import State
from agentconsole.desk import conversations, replies, triage, saved_views
from tests.incoming import arrives, message

def test_it(desk, now, monkeypatch):
    import agentconsole.desk.replies as r
    keys=iter("abcdef")
    monkeypatch.setattr(r,"mint_key",lambda c: next(keys))
    assert arrives(desk, message(at=now())) == 1
    page=triage.page(desk, saved_views.view(desk.config,"open"))
    assert [x.subject for x in page.rows]==["Panne"]
    print(page.rows[0])
    n=page.rows[0].number
    t=conversations.open_thread(desk,n)
    print(t)
    q=replies.reply(desk,n,"Bonjour Camille",seen=t.seen)
    t=conversations.open_thread(desk,n)
    assert t.row.state is State.PENDING
    from agentconsole.desk.search import search
    assert search(desk,"PANNÉ box").rows[0].number==n
    print(triage.counts(desk))
    assert triage.counts(desk)["pending"].total==1
