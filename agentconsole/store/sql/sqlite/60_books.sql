-- What an entry does: counters, approvals, vouchers, fulfilment; the chain moves on last (see ledger_acting).
-- Nothing in here can meet a conflict: with INSERT OR FAIL or OR IGNORE half of it would be kept.
DROP TRIGGER IF EXISTS ledger_entry_granted
-- ;;
CREATE TRIGGER ledger_entry_granted AFTER INSERT ON ledger_entry WHEN NEW.entry = 'grant'
BEGIN
    INSERT INTO ledger_chain (agent, seq, head)
    SELECT NEW.agent, 0, zeroblob(32) WHERE NOT EXISTS (SELECT 1 FROM ledger_chain WHERE agent = NEW.agent);
    INSERT INTO ledger_customer (customer_id, purse, currency)
    SELECT coalesce(c.linked_to, c.id), NEW.purse, NEW.currency FROM customer c
    WHERE c.id = NEW.customer_id AND NOT EXISTS (
        SELECT 1 FROM ledger_customer l
        WHERE l.customer_id = coalesce(c.linked_to, c.id) AND l.purse = NEW.purse AND l.currency = NEW.currency
    );
    UPDATE ledger_customer SET given = given + NEW.amount
    WHERE customer_id = (SELECT coalesce(linked_to, id) FROM customer WHERE id = NEW.customer_id)
        AND purse = NEW.purse AND currency = NEW.currency;

    UPDATE ledger_approval SET state = 'used' WHERE id = NEW.approval_id;
    UPDATE ledger_budget SET reserved = reserved - NEW.amount, reserved_count = reserved_count - 1,
        spent = spent + NEW.amount, count = count + 1
    WHERE NEW.approval_id IS NOT NULL AND (scope, holder, purse, currency, period, begins) IN (
        SELECT scope, holder, purse, currency, period, begins FROM ledger_hold WHERE approval_id = NEW.approval_id
    );

    INSERT INTO ledger_budget (scope, holder, purse, currency, period, begins)
    SELECT 'agent', r.agent, r.purse, r.currency, r.period, NEW.period FROM ledger_rule r
    WHERE NEW.approval_id IS NULL AND r.agent = NEW.agent AND r.currency = NEW.currency AND r.kind = NEW.kind
        AND NOT EXISTS (
            SELECT 1 FROM ledger_budget b
            WHERE b.scope = 'agent' AND b.holder = r.agent AND b.purse = r.purse AND b.currency = r.currency
                AND b.period = r.period AND b.begins = NEW.period
        );
    UPDATE ledger_budget SET spent = spent + NEW.amount, count = count + 1, cap = (
        SELECT budget FROM ledger_rule WHERE agent = NEW.agent AND currency = NEW.currency AND kind = NEW.kind
    )
    WHERE NEW.approval_id IS NULL AND scope = 'agent' AND holder = NEW.agent AND purse = NEW.purse
        AND currency = NEW.currency AND begins = NEW.period AND period = (
            SELECT period FROM ledger_rule WHERE agent = NEW.agent AND currency = NEW.currency AND kind = NEW.kind
        );
    INSERT INTO ledger_budget (scope, holder, purse, currency, period, begins)
    SELECT 'team', t.team, t.purse, t.currency, t.period, NEW.team_period FROM ledger_team t
    WHERE NEW.approval_id IS NULL AND NEW.team_period IS NOT NULL
        AND t.team = NEW.team AND t.currency = NEW.currency AND t.purse = NEW.purse
        AND NOT EXISTS (
            SELECT 1 FROM ledger_budget b
            WHERE b.scope = 'team' AND b.holder = t.team AND b.purse = t.purse AND b.currency = t.currency
                AND b.period = t.period AND b.begins = NEW.team_period
        );
    UPDATE ledger_budget SET spent = spent + NEW.amount, count = count + 1, cap = (
        SELECT budget FROM ledger_team WHERE team = NEW.team AND currency = NEW.currency AND purse = NEW.purse
    )
    WHERE NEW.approval_id IS NULL AND scope = 'team' AND holder = NEW.team AND purse = NEW.purse
        AND currency = NEW.currency AND begins = NEW.team_period AND period = (
            SELECT period FROM ledger_team WHERE team = NEW.team AND currency = NEW.currency AND purse = NEW.purse
        );

    UPDATE ledger_voucher SET entry_id = NEW.id WHERE rowid = (
        SELECT v.rowid FROM ledger_voucher v JOIN ledger_kind k ON k.kind = NEW.kind AND k.how = 'voucher'
        WHERE v.pool = k.pool AND v.currency = NEW.currency AND v.amount = NEW.amount
            AND v.entry_id IS NULL AND v.burnt = 0
            AND (v.expires IS NULL OR v.expires >= (SELECT begins FROM ledger_now WHERE period = 'day'))
        ORDER BY v.expires IS NULL, v.expires, v.code LIMIT 1
    );
    INSERT INTO ledger_fulfilment (entry_id, how, state, wire, not_before, queued_at, ended_at, ended_by)
    SELECT NEW.id, k.how, CASE k.how WHEN 'voucher' THEN 'done' ELSE 'queued' END, 0, NEW.at, NEW.at,
        CASE k.how WHEN 'voucher' THEN NEW.at END, CASE k.how WHEN 'voucher' THEN NEW.agent END
    FROM ledger_kind k WHERE k.kind = NEW.kind;
    UPDATE ledger_chain SET seq = NEW.seq, head = NEW.hash WHERE agent = NEW.agent;
END
-- ;;
DROP TRIGGER IF EXISTS ledger_entry_requested
-- ;;
CREATE TRIGGER ledger_entry_requested AFTER INSERT ON ledger_entry WHEN NEW.entry = 'request'
BEGIN
    INSERT INTO ledger_chain (agent, seq, head)
    SELECT NEW.agent, 0, zeroblob(32) WHERE NOT EXISTS (SELECT 1 FROM ledger_chain WHERE agent = NEW.agent);
    INSERT INTO ledger_approval (
        id, requester, key, conversation_id, customer_id, kind, purse, amount, currency, reason, team, period,
        requested_at, expires_at, state, policy
    )
    SELECT NEW.approval_id, NEW.agent, NEW.key, NEW.conversation_id, NEW.customer_id, NEW.kind, NEW.purse, NEW.amount,
        NEW.currency, NEW.reason, NEW.team, NEW.period, NEW.at, NEW.at + s.expires * 1000000, 'requested', NEW.policy
    FROM ledger_setting s;
    INSERT INTO ledger_budget (scope, holder, purse, currency, period, begins)
    SELECT h.scope, h.holder, h.purse, h.currency, h.period, h.begins FROM ledger_hold h
    WHERE h.approval_id = NEW.approval_id AND NOT EXISTS (
        SELECT 1 FROM ledger_budget b
        WHERE b.scope = h.scope AND b.holder = h.holder AND b.purse = h.purse AND b.currency = h.currency
            AND b.period = h.period AND b.begins = h.begins
    );
    UPDATE ledger_budget SET reserved = reserved + NEW.amount, reserved_count = reserved_count + 1, cap = (
        SELECT budget FROM ledger_team WHERE team = NEW.team AND currency = NEW.currency AND purse = NEW.purse
    )
    WHERE (scope, holder, purse, currency, period, begins) IN (
        SELECT scope, holder, purse, currency, period, begins FROM ledger_hold WHERE approval_id = NEW.approval_id
    );
    UPDATE ledger_chain SET seq = NEW.seq, head = NEW.hash WHERE agent = NEW.agent;
END
-- ;;
DROP TRIGGER IF EXISTS ledger_entry_approved
-- ;;
CREATE TRIGGER ledger_entry_approved AFTER INSERT ON ledger_entry WHEN NEW.entry = 'approve'
BEGIN
    INSERT INTO ledger_chain (agent, seq, head)
    SELECT NEW.agent, 0, zeroblob(32) WHERE NOT EXISTS (SELECT 1 FROM ledger_chain WHERE agent = NEW.agent);
    UPDATE ledger_budget SET reserved = reserved - (
        SELECT amount - NEW.amount FROM ledger_approval WHERE id = NEW.approval_id
    )
    WHERE (scope, holder, purse, currency, period, begins) IN (
        SELECT scope, holder, purse, currency, period, begins FROM ledger_hold
        WHERE approval_id = NEW.approval_id AND scope = 'team'
    );
    UPDATE ledger_approval SET state = 'approved', approver = NEW.agent, granted = NEW.amount,
        approver_period = NEW.period, decided_at = NEW.at,
        expires_at = NEW.at + (SELECT expires FROM ledger_setting) * 1000000
    WHERE id = NEW.approval_id;
    INSERT INTO ledger_budget (scope, holder, purse, currency, period, begins)
    SELECT 'agent', r.agent, r.purse, r.currency, r.period, NEW.period FROM ledger_rule r
    WHERE r.agent = NEW.agent AND r.currency = NEW.currency AND r.kind = NEW.kind AND NOT EXISTS (
        SELECT 1 FROM ledger_budget b
        WHERE b.scope = 'agent' AND b.holder = r.agent AND b.purse = r.purse AND b.currency = r.currency
            AND b.period = r.period AND b.begins = NEW.period
    );
    UPDATE ledger_budget SET reserved = reserved + NEW.amount, reserved_count = reserved_count + 1, cap = (
        SELECT budget FROM ledger_rule WHERE agent = NEW.agent AND currency = NEW.currency AND kind = NEW.kind
    )
    WHERE scope = 'agent' AND holder = NEW.agent AND purse = NEW.purse AND currency = NEW.currency
        AND begins = NEW.period AND period = (
            SELECT period FROM ledger_rule WHERE agent = NEW.agent AND currency = NEW.currency AND kind = NEW.kind
        );
    UPDATE ledger_chain SET seq = NEW.seq, head = NEW.hash WHERE agent = NEW.agent;
END
-- ;;
DROP TRIGGER IF EXISTS ledger_entry_refused
-- ;;
CREATE TRIGGER ledger_entry_refused AFTER INSERT ON ledger_entry WHEN NEW.entry = 'refuse'
BEGIN
    INSERT INTO ledger_chain (agent, seq, head)
    SELECT NEW.agent, 0, zeroblob(32) WHERE NOT EXISTS (SELECT 1 FROM ledger_chain WHERE agent = NEW.agent);
    UPDATE ledger_approval SET state = 'refused', approver = NEW.agent, decided_at = NEW.at
    WHERE id = NEW.approval_id;
    UPDATE ledger_chain SET seq = NEW.seq, head = NEW.hash WHERE agent = NEW.agent;
END
-- ;;
DROP TRIGGER IF EXISTS ledger_entry_voided
-- ;;
CREATE TRIGGER ledger_entry_voided AFTER INSERT ON ledger_entry WHEN NEW.entry = 'void'
BEGIN
    INSERT INTO ledger_chain (agent, seq, head)
    SELECT NEW.agent, 0, zeroblob(32) WHERE NOT EXISTS (SELECT 1 FROM ledger_chain WHERE agent = NEW.agent);
    -- customers may have been linked since: then another row was added to, and this one does not go below nothing
    UPDATE ledger_customer SET given = max(given - NEW.amount, 0)
    WHERE customer_id = (SELECT coalesce(linked_to, id) FROM customer WHERE id = NEW.customer_id)
        AND purse = NEW.purse AND currency = NEW.currency;
    UPDATE ledger_budget SET spent = spent - NEW.amount, count = count - 1
    WHERE (scope, holder, purse, currency, period, begins) IN (
        SELECT scope, holder, purse, currency, period, begins FROM ledger_charge WHERE entry_id = NEW.refers
    );
    UPDATE ledger_fulfilment SET state = 'cancelled', ended_at = NEW.at, ended_by = NEW.agent
    WHERE entry_id = NEW.refers;
    UPDATE ledger_voucher SET burnt = 1 WHERE entry_id = NEW.refers
        AND EXISTS (SELECT 1 FROM ledger_entry WHERE refers = NEW.refers AND entry = 'reveal');
    UPDATE ledger_voucher SET entry_id = NULL WHERE entry_id = NEW.refers AND burnt = 0;
    UPDATE ledger_chain SET seq = NEW.seq, head = NEW.hash WHERE agent = NEW.agent;
END
-- ;;
DROP TRIGGER IF EXISTS ledger_entry_revealed
-- ;;
CREATE TRIGGER ledger_entry_revealed AFTER INSERT ON ledger_entry WHEN NEW.entry = 'reveal'
BEGIN
    INSERT INTO ledger_chain (agent, seq, head)
    SELECT NEW.agent, 0, zeroblob(32) WHERE NOT EXISTS (SELECT 1 FROM ledger_chain WHERE agent = NEW.agent);
    UPDATE ledger_chain SET seq = NEW.seq, head = NEW.hash WHERE agent = NEW.agent;
END
-- ;;
DROP TRIGGER IF EXISTS ledger_approval_ended
-- ;;
-- Refused, taken back or expired: what it held back is free again.
CREATE TRIGGER ledger_approval_ended AFTER UPDATE OF state ON ledger_approval
WHEN NEW.state IN ('refused', 'withdrawn', 'expired')
BEGIN
    UPDATE ledger_budget SET reserved_count = reserved_count - 1, reserved = reserved - (
        SELECT h.amount FROM ledger_hold h WHERE h.approval_id = NEW.id AND h.scope = ledger_budget.scope
    )
    WHERE (scope, holder, purse, currency, period, begins) IN (
        SELECT scope, holder, purse, currency, period, begins FROM ledger_hold WHERE approval_id = NEW.id
    );
END
