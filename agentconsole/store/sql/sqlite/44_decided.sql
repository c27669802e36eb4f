-- Approving and refusing, by somebody who may, and is another person.
DROP TRIGGER IF EXISTS ledger_entry_decided
-- ;;
CREATE TRIGGER ledger_entry_decided BEFORE INSERT ON ledger_entry WHEN NEW.entry IN ('approve', 'refuse')
BEGIN
    SELECT RAISE(ABORT, 'ledger:no_policy') WHERE NOT EXISTS (SELECT 1 FROM ledger_setting);
    SELECT RAISE(ABORT, 'ledger:unknown_agent')
    WHERE NOT EXISTS (SELECT 1 FROM ledger_agent WHERE id = NEW.agent AND active = 1);
    SELECT RAISE(ABORT, 'ledger:no_request')
    WHERE NOT EXISTS (SELECT 1 FROM ledger_approval WHERE id = NEW.approval_id AND state = 'requested');
    SELECT RAISE(ABORT, 'ledger:approval_expired') FROM ledger_approval p
    WHERE p.id = NEW.approval_id AND p.expires_at <= (SELECT at FROM ledger_clock);
    SELECT RAISE(ABORT, 'ledger:self_approval')
    FROM ledger_approval p JOIN ledger_agent r ON r.id = p.requester JOIN ledger_agent a ON a.id = NEW.agent
    WHERE p.id = NEW.approval_id AND (a.id = r.id OR a.person = r.person);
    SELECT RAISE(ABORT, 'ledger:not_approver') WHERE NOT EXISTS (
        SELECT 1 FROM ledger_approval p
        JOIN ledger_approver o ON o.agent = p.requester AND o.approver = NEW.agent
        JOIN ledger_rule r ON r.agent = NEW.agent AND r.currency = p.currency AND r.kind = p.kind
        WHERE p.id = NEW.approval_id
    );
    SELECT RAISE(ABORT, 'ledger:training_expired') FROM ledger_agent a
    WHERE a.id = NEW.agent AND a.training = 1
        AND (a.trained_until >= (SELECT begins FROM ledger_now WHERE period = 'day')) IS NOT TRUE;
    SELECT RAISE(ABORT, 'ledger:amount') FROM ledger_approval p
    WHERE p.id = NEW.approval_id AND (
        typeof(NEW.amount) = 'integer' AND NEW.amount >= 1
        AND (NEW.amount <= p.amount AND NEW.entry = 'approve' OR NEW.amount = p.amount)
    ) IS NOT TRUE;
    SELECT RAISE(ABORT, 'ledger:duplicate')
    WHERE EXISTS (SELECT 1 FROM ledger_entry WHERE agent = NEW.agent AND key = NEW.key);
    SELECT CASE
        WHEN (NEW.amount <= s.ceiling) IS NOT TRUE THEN RAISE(ABORT, 'ledger:over_ceiling')
        WHEN (s.given + NEW.amount <= s.customer) IS NOT TRUE THEN RAISE(ABORT, 'ledger:over_customer_ceiling')
        WHEN (s.bound + NEW.amount <= s.budget) IS NOT TRUE THEN RAISE(ABORT, 'ledger:over_budget')
        WHEN (s.made < s.count) IS NOT TRUE THEN RAISE(ABORT, 'ledger:over_count')
    END
    FROM ledger_approval p JOIN ledger_standing s ON s.currency = p.currency AND s.kind = p.kind
    WHERE NEW.entry = 'approve' AND p.id = NEW.approval_id AND s.agent = NEW.agent
        AND s.root = (SELECT coalesce(linked_to, id) FROM customer WHERE id = p.customer_id);
    SELECT RAISE(ABORT, 'ledger:clock') WHERE NOT EXISTS (
        SELECT 1 FROM ledger_approval p
        JOIN ledger_entry q ON q.agent = p.requester AND q.key = p.key
        JOIN ledger_rule r ON r.agent = NEW.agent AND r.currency = p.currency AND r.kind = p.kind
        JOIN ledger_now n ON n.period = r.period
        WHERE p.id = NEW.approval_id AND NEW.conversation_id = p.conversation_id AND NEW.customer_id = p.customer_id
            AND NEW.kind = p.kind AND NEW.purse = p.purse AND NEW.currency = p.currency AND NEW.reason = p.reason
            AND NEW.team IS p.team AND NEW.charged_to = NEW.agent AND NEW.period = n.begins
            AND NEW.team_period IS q.team_period
    );
END
