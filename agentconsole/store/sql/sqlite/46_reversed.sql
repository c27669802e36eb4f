-- Voids and reveals: about a grant, and as it was.
DROP TRIGGER IF EXISTS ledger_entry_reversed
-- ;;
CREATE TRIGGER ledger_entry_reversed BEFORE INSERT ON ledger_entry WHEN NEW.entry IN ('void', 'reveal')
BEGIN
    SELECT RAISE(ABORT, 'ledger:no_policy') WHERE NOT EXISTS (SELECT 1 FROM ledger_setting);
    SELECT RAISE(ABORT, 'ledger:unknown_agent')
    WHERE NOT EXISTS (SELECT 1 FROM ledger_agent WHERE id = NEW.agent AND active = 1);
    SELECT RAISE(ABORT, 'ledger:no_entry') WHERE NOT EXISTS (
        SELECT 1 FROM ledger_entry g JOIN ledger_agent a ON a.id = NEW.agent
        WHERE g.id = NEW.refers AND g.entry = 'grant'
            AND (NEW.entry = 'void' OR g.agent = NEW.agent OR a.supervisor = 1)
    );
    SELECT RAISE(ABORT, 'ledger:duplicate')
    WHERE EXISTS (SELECT 1 FROM ledger_entry WHERE agent = NEW.agent AND key = NEW.key);
    SELECT RAISE(ABORT, 'ledger:voided')
    WHERE EXISTS (SELECT 1 FROM ledger_entry WHERE refers = NEW.refers AND entry = 'void');
    SELECT RAISE(ABORT, 'ledger:no_code')
    WHERE NEW.entry = 'reveal' AND NOT EXISTS (SELECT 1 FROM ledger_voucher WHERE entry_id = NEW.refers);
    SELECT CASE
        WHEN g.agent = NEW.agent THEN CASE
            WHEN (c.at <= g.at + s.grace * 1000000) IS NOT TRUE THEN RAISE(ABORT, 'ledger:grace_over')
            WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE refers = g.id AND entry = 'reveal')
                THEN RAISE(ABORT, 'ledger:revealed') END
        WHEN a.supervisor <> 1 THEN RAISE(ABORT, 'ledger:not_supervisor')
        WHEN a.person = (SELECT person FROM ledger_agent WHERE id = g.agent) THEN RAISE(ABORT, 'ledger:self_void')
    END
    FROM ledger_entry g, ledger_setting s, ledger_clock c JOIN ledger_agent a ON a.id = NEW.agent
    WHERE NEW.entry = 'void' AND g.id = NEW.refers;
    SELECT RAISE(ABORT, 'ledger:fulfilled') FROM ledger_fulfilment f
    WHERE NEW.entry = 'void' AND f.entry_id = NEW.refers
        AND (f.first_wire_at IS NOT NULL OR (f.how <> 'voucher' AND f.state NOT IN ('queued', 'failed')));
    SELECT RAISE(ABORT, 'ledger:refused') WHERE NOT EXISTS (
        SELECT 1 FROM ledger_entry g
        WHERE g.id = NEW.refers AND NEW.conversation_id = g.conversation_id AND NEW.customer_id = g.customer_id
            AND NEW.kind = g.kind AND NEW.purse = g.purse AND NEW.amount = g.amount AND NEW.currency = g.currency
            AND NEW.reason = g.reason AND NEW.team IS g.team AND NEW.charged_to = g.charged_to
            AND NEW.period = g.period AND NEW.team_period IS g.team_period AND NEW.approval_id IS NULL
    );
END
