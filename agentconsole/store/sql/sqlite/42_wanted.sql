-- Grants and requests: the rules, in the order in which agentconsole/store/ledger/base.py names them.
-- RAISE(ABORT) holds whatever conflict clause the INSERT has; a CHECK would not (OR IGNORE, OR FAIL).
DROP TRIGGER IF EXISTS ledger_entry_wanted
-- ;;
CREATE TRIGGER ledger_entry_wanted BEFORE INSERT ON ledger_entry WHEN NEW.entry IN ('grant', 'request')
BEGIN
    SELECT RAISE(ABORT, 'ledger:no_policy') WHERE NOT EXISTS (SELECT 1 FROM ledger_setting);
    SELECT RAISE(ABORT, 'ledger:unknown_agent')
    WHERE NOT EXISTS (SELECT 1 FROM ledger_agent WHERE id = NEW.agent AND active = 1);
    SELECT RAISE(ABORT, 'ledger:amount')
    WHERE (typeof(NEW.amount) = 'integer' AND NEW.amount BETWEEN 1 AND 1000000000) IS NOT TRUE;
    SELECT RAISE(ABORT, 'ledger:conversation') WHERE NOT EXISTS (
        SELECT 1 FROM conversation k JOIN customer c ON c.id = k.customer_id
        WHERE k.id = NEW.conversation_id AND c.id = NEW.customer_id AND c.erased_at IS NULL
    );
    SELECT RAISE(ABORT, 'ledger:duplicate')
    WHERE EXISTS (SELECT 1 FROM ledger_entry WHERE agent = NEW.agent AND key = NEW.key);
    SELECT RAISE(ABORT, 'ledger:no_delegation')
    WHERE NOT EXISTS (SELECT 1 FROM ledger_rule WHERE agent = NEW.agent);
    SELECT RAISE(ABORT, 'ledger:currency')
    WHERE NOT EXISTS (SELECT 1 FROM ledger_rule WHERE agent = NEW.agent AND currency = NEW.currency);
    SELECT RAISE(ABORT, 'ledger:kind_not_allowed') WHERE NOT EXISTS (
        SELECT 1 FROM ledger_rule
        WHERE agent = NEW.agent AND currency = NEW.currency AND kind = NEW.kind AND purse = NEW.purse
    );
    SELECT RAISE(ABORT, 'ledger:reason_not_allowed')
    WHERE NOT EXISTS (SELECT 1 FROM ledger_reason WHERE agent = NEW.agent AND reason = NEW.reason);
    SELECT RAISE(ABORT, 'ledger:training_expired') FROM ledger_agent a
    WHERE a.id = NEW.agent AND a.training = 1
        AND (a.trained_until >= (SELECT begins FROM ledger_now WHERE period = 'day')) IS NOT TRUE;

    -- alone
    SELECT CASE
        WHEN NEW.entry = 'request' THEN CASE
            WHEN (s.proven AND s.amount <= s.ceiling AND s.given + s.amount <= s.customer
                AND s.bound + s.amount <= s.budget AND s.made < s.count
                AND (s.team_budget IS NULL OR s.team_bound + s.amount <= s.team_budget))
                THEN RAISE(ABORT, 'ledger:not_needed')
            WHEN s.proven IS NOT TRUE THEN RAISE(ABORT, 'ledger:proof_required') END
        WHEN s.proven IS NOT TRUE THEN RAISE(ABORT, 'ledger:proof_required')
        WHEN (s.amount <= s.ceiling) IS NOT TRUE THEN RAISE(ABORT, 'ledger:over_ceiling')
        WHEN (s.given + s.amount <= s.customer) IS NOT TRUE THEN RAISE(ABORT, 'ledger:over_customer_ceiling')
        WHEN (s.bound + s.amount <= s.budget) IS NOT TRUE THEN RAISE(ABORT, 'ledger:over_budget')
        WHEN (s.made < s.count) IS NOT TRUE THEN RAISE(ABORT, 'ledger:over_count')
        WHEN (s.team_budget IS NULL OR s.team_bound + s.amount <= s.team_budget) IS NOT TRUE
            THEN RAISE(ABORT, 'ledger:over_team_budget')
    END
    FROM (
        SELECT w.*, NEW.amount AS amount, w.given + NEW.amount <= w.proof OR EXISTS (
                SELECT 1 FROM ledger_text x WHERE x.entry_id = NEW.id AND trim(x.proof, char(9, 10, 11, 12, 13, 32)) <> ''
            ) AS proven
        FROM ledger_standing w
        WHERE w.agent = NEW.agent AND w.currency = NEW.currency AND w.kind = NEW.kind
            AND w.root = (SELECT coalesce(linked_to, id) FROM customer WHERE id = NEW.customer_id)
        LIMIT 1  -- there is one: said so that the sum is worked out once, and not where it is compared
    ) s
    WHERE NEW.entry = 'request' OR NEW.approval_id IS NULL;

    -- asked of others
    SELECT RAISE(ABORT, 'ledger:over_team_budget') FROM ledger_standing s
    WHERE NEW.entry = 'request' AND s.agent = NEW.agent AND s.currency = NEW.currency AND s.kind = NEW.kind
        AND s.root = (SELECT coalesce(linked_to, id) FROM customer WHERE id = NEW.customer_id)
        AND s.team_budget IS NOT NULL AND (s.team_bound + NEW.amount <= s.team_budget) IS NOT TRUE;
    SELECT RAISE(ABORT, 'ledger:no_approver') WHERE NEW.entry = 'request' AND NOT EXISTS (
        SELECT 1 FROM ledger_approver o JOIN ledger_standing s ON s.agent = o.approver
        WHERE o.agent = NEW.agent AND s.currency = NEW.currency AND s.kind = NEW.kind
            AND s.root = (SELECT coalesce(linked_to, id) FROM customer WHERE id = NEW.customer_id)
            AND s.person <> (SELECT person FROM ledger_agent WHERE id = NEW.agent)
            AND s.trained AND NEW.amount <= s.ceiling AND s.given + NEW.amount <= s.customer
            AND s.bound + NEW.amount <= s.budget AND s.made < s.count
    );

    -- with an approval
    SELECT RAISE(ABORT, 'ledger:approval_mismatch')
    WHERE NEW.entry = 'grant' AND NEW.approval_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM ledger_approval p JOIN customer c ON c.id = p.customer_id
        WHERE p.id = NEW.approval_id AND p.requester = NEW.agent AND p.kind = NEW.kind AND p.currency = NEW.currency
            AND p.reason = NEW.reason
            AND coalesce(c.linked_to, c.id) = (SELECT coalesce(linked_to, id) FROM customer WHERE id = NEW.customer_id)
            AND coalesce(p.granted, p.amount) = NEW.amount
    );
    SELECT RAISE(ABORT, 'ledger:approval_state') FROM ledger_approval p
    WHERE NEW.entry = 'grant' AND p.id = NEW.approval_id AND p.state NOT IN ('approved', 'expired');
    SELECT RAISE(ABORT, 'ledger:approval_expired') FROM ledger_approval p
    WHERE NEW.entry = 'grant' AND p.id = NEW.approval_id
        AND (p.state = 'expired' OR p.expires_at <= (SELECT at FROM ledger_clock));

    SELECT RAISE(ABORT, 'ledger:out_of_stock') FROM ledger_kind k
    WHERE NEW.entry = 'grant' AND k.kind = NEW.kind AND k.how = 'voucher' AND NOT EXISTS (
        SELECT 1 FROM ledger_voucher v
        WHERE v.pool = k.pool AND v.currency = NEW.currency AND v.amount = NEW.amount
            AND v.entry_id IS NULL AND v.burnt = 0
            AND (v.expires IS NULL OR v.expires >= (SELECT begins FROM ledger_now WHERE period = 'day'))
    );

    -- what is charged is nobody's choice
    SELECT RAISE(ABORT, 'ledger:clock') WHERE NOT EXISTS (
        SELECT 1 FROM ledger_standing s
        WHERE s.agent = NEW.agent AND s.currency = NEW.currency AND s.kind = NEW.kind
            AND s.root = (SELECT coalesce(linked_to, id) FROM customer WHERE id = NEW.customer_id)
            AND NEW.charged_to = s.agent AND NEW.team IS s.team AND NEW.team_period IS s.team_begins
            AND NEW.period = CASE
                WHEN NEW.entry = 'request' AND s.team_budget IS NOT NULL THEN s.team_begins
                ELSE s.begins
            END
    ) AND (NEW.entry = 'request' OR NEW.approval_id IS NULL);
    SELECT RAISE(ABORT, 'ledger:refused') WHERE NEW.entry = 'grant' AND NEW.approval_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM ledger_approval p JOIN ledger_entry q ON q.agent = p.requester AND q.key = p.key
        WHERE p.id = NEW.approval_id AND NEW.charged_to = p.approver AND NEW.team IS p.team
            AND NEW.period = p.approver_period AND NEW.team_period IS q.team_period
    );
    SELECT RAISE(ABORT, 'ledger:refused')
    WHERE NEW.entry = 'request' AND EXISTS (SELECT 1 FROM ledger_approval WHERE id = NEW.approval_id);
    SELECT RAISE(ABORT, 'ledger:refused') WHERE NOT EXISTS (SELECT 1 FROM ledger_kind WHERE kind = NEW.kind);
END
