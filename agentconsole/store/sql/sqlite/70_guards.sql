-- What entries did is not changed by hand: the tables beside them take only what the entries say.
DROP TRIGGER IF EXISTS ledger_chain_begun
-- ;;
CREATE TRIGGER ledger_chain_begun BEFORE INSERT ON ledger_chain
WHEN (
    NEW.seq = 0 AND NEW.head = zeroblob(32)
    AND EXISTS (SELECT 1 FROM ledger_entry WHERE agent = NEW.agent AND seq = 1)
    AND NOT EXISTS (SELECT 1 FROM ledger_chain WHERE agent = NEW.agent OR rowid = NEW.rowid)
) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ledger:books'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_chain_moved
-- ;;
CREATE TRIGGER ledger_chain_moved BEFORE UPDATE ON ledger_chain
WHEN (
    NEW.rowid = OLD.rowid AND NEW.agent = OLD.agent AND NEW.seq = OLD.seq + 1 AND EXISTS (
        SELECT 1 FROM ledger_entry e
        WHERE e.agent = NEW.agent AND e.seq = NEW.seq AND e.prev = OLD.head AND e.hash = NEW.head
    )
) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ledger:books'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_chain_stays
-- ;;
CREATE TRIGGER ledger_chain_stays BEFORE DELETE ON ledger_chain
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_budget_begun
-- ;;
CREATE TRIGGER ledger_budget_begun BEFORE INSERT ON ledger_budget
WHEN (
    EXISTS (SELECT 1 FROM ledger_acting)
    AND NEW.spent = 0 AND NEW.reserved = 0 AND NEW.count = 0 AND NEW.reserved_count = 0
    AND NOT EXISTS (SELECT 1 FROM ledger_budget WHERE rowid = NEW.rowid)
) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ledger:books'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_budget_moved
-- ;;
-- Without an entry only what is held back may change, and only to what open approvals hold back.
CREATE TRIGGER ledger_budget_moved BEFORE UPDATE ON ledger_budget
WHEN (
    NEW.rowid = OLD.rowid AND NEW.scope = OLD.scope AND NEW.holder = OLD.holder AND NEW.purse = OLD.purse
    AND NEW.currency = OLD.currency AND NEW.period = OLD.period AND NEW.begins = OLD.begins
    AND (EXISTS (SELECT 1 FROM ledger_acting) OR (
        NEW.spent = OLD.spent AND NEW.count = OLD.count AND NEW.cap = OLD.cap
        AND (NEW.reserved, NEW.reserved_count) = (
            SELECT coalesce(sum(h.amount), 0), count(*) FROM ledger_hold h
            WHERE h.state IN ('requested', 'approved') AND h.scope = NEW.scope AND h.holder = NEW.holder
                AND h.purse = NEW.purse AND h.currency = NEW.currency AND h.begins = NEW.begins
                AND h.period = NEW.period
        )
    ))
) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ledger:books'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_budget_stays
-- ;;
CREATE TRIGGER ledger_budget_stays BEFORE DELETE ON ledger_budget
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_customer_begun
-- ;;
CREATE TRIGGER ledger_customer_begun BEFORE INSERT ON ledger_customer
WHEN (
    EXISTS (SELECT 1 FROM ledger_acting) AND NEW.given = 0
    AND NOT EXISTS (SELECT 1 FROM ledger_customer WHERE rowid = NEW.rowid)
) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ledger:books'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_customer_moved
-- ;;
CREATE TRIGGER ledger_customer_moved BEFORE UPDATE ON ledger_customer
WHEN (
    EXISTS (SELECT 1 FROM ledger_acting) AND NEW.rowid = OLD.rowid AND NEW.customer_id = OLD.customer_id
    AND NEW.purse = OLD.purse AND NEW.currency = OLD.currency
) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ledger:books'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_customer_stays
-- ;;
CREATE TRIGGER ledger_customer_stays BEFORE DELETE ON ledger_customer
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_approval_asked
-- ;;
CREATE TRIGGER ledger_approval_asked BEFORE INSERT ON ledger_approval
WHEN (
    EXISTS (
        SELECT 1 FROM ledger_acting o JOIN ledger_entry e ON e.id = o.entry_id
        WHERE e.entry = 'request' AND e.approval_id = NEW.id
    )
    AND NOT EXISTS (SELECT 1 FROM ledger_approval WHERE id = NEW.id OR rowid = NEW.rowid)
) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ledger:books'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_approval_moved
-- ;;
-- What was asked for never changes. A decision has its entry, a use its grant; taking back and expiring need none.
CREATE TRIGGER ledger_approval_moved BEFORE UPDATE ON ledger_approval
WHEN (
    NEW.rowid = OLD.rowid AND NEW.id = OLD.id AND NEW.requester = OLD.requester AND NEW.key = OLD.key
    AND NEW.conversation_id = OLD.conversation_id AND NEW.customer_id = OLD.customer_id AND NEW.kind = OLD.kind
    AND NEW.purse = OLD.purse AND NEW.amount = OLD.amount AND NEW.currency = OLD.currency
    AND NEW.reason = OLD.reason AND NEW.team IS OLD.team AND NEW.period = OLD.period
    AND NEW.requested_at = OLD.requested_at AND NEW.policy = OLD.policy
    AND (CASE
        WHEN OLD.state = 'requested' AND NEW.state IN ('approved', 'refused') THEN EXISTS (
            SELECT 1 FROM ledger_acting o JOIN ledger_entry e ON e.id = o.entry_id
            WHERE e.approval_id = NEW.id AND e.agent = NEW.approver AND e.at = NEW.decided_at
                AND (
                    (e.entry = 'approve' AND NEW.state = 'approved' AND e.amount = NEW.granted
                     AND e.period = NEW.approver_period
                     AND NEW.expires_at = e.at + (SELECT expires FROM ledger_setting) * 1000000)
                    OR (e.entry = 'refuse' AND NEW.state = 'refused' AND NEW.granted IS NULL
                        AND NEW.approver_period IS NULL AND NEW.expires_at = OLD.expires_at)
                )
        )
        WHEN NEW.approver IS NOT OLD.approver OR NEW.granted IS NOT OLD.granted
            OR NEW.approver_period IS NOT OLD.approver_period OR NEW.decided_at IS NOT OLD.decided_at
            OR NEW.expires_at <> OLD.expires_at THEN 0
        WHEN OLD.state = 'approved' AND NEW.state = 'used' THEN EXISTS (
            SELECT 1 FROM ledger_acting o JOIN ledger_entry e ON e.id = o.entry_id
            WHERE e.approval_id = NEW.id AND e.entry = 'grant'
        )
        WHEN OLD.state IN ('requested', 'approved') AND NEW.state = 'withdrawn' THEN 1
        WHEN OLD.state IN ('requested', 'approved') AND NEW.state = 'expired'
            THEN OLD.expires_at <= (SELECT at FROM ledger_clock)
        ELSE 0
    END)
) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ledger:books'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_approval_stays
-- ;;
CREATE TRIGGER ledger_approval_stays BEFORE DELETE ON ledger_approval
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_text_written
-- ;;
-- Words come before their entry, which then holds their digest; none are added to one that was erased.
CREATE TRIGGER ledger_text_written BEFORE INSERT ON ledger_text
WHEN (
    length(NEW.entry_id) = 16 AND length(NEW.salt) = 16
    AND NOT EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.entry_id)
    AND NOT EXISTS (SELECT 1 FROM ledger_text WHERE entry_id = NEW.entry_id OR rowid = NEW.rowid)
) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ledger:books'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_text_kept
-- ;;
CREATE TRIGGER ledger_text_kept BEFORE UPDATE ON ledger_text
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_text_erased
-- ;;
CREATE TRIGGER ledger_text_erased BEFORE DELETE ON ledger_text
WHEN EXISTS (
    SELECT 1 FROM ledger_entry e JOIN customer c ON c.id = e.customer_id
    WHERE e.id = OLD.entry_id AND c.erased_at IS NULL
)
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_customer_erased
-- ;;
CREATE TRIGGER ledger_customer_erased BEFORE UPDATE OF erased_at ON customer
WHEN OLD.erased_at IS NOT NULL AND NEW.erased_at IS NOT OLD.erased_at
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_voucher_added
-- ;;
CREATE TRIGGER ledger_voucher_added BEFORE INSERT ON ledger_voucher
WHEN (
    NEW.pool <> '' AND NEW.code <> '' AND length(NEW.currency) = 3 AND NEW.entry_id IS NULL AND NEW.burnt = 0
    AND (NEW.expires IS NULL OR NEW.expires = date(NEW.expires))
    AND NOT EXISTS (
        SELECT 1 FROM ledger_voucher WHERE rowid = NEW.rowid OR (pool = NEW.pool AND code = NEW.code)
    )
) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ledger:books'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_voucher_moved
-- ;;
-- Given with its grant, back in the pool once that was voided unseen, burnt once it was voided and had been seen.
CREATE TRIGGER ledger_voucher_moved BEFORE UPDATE ON ledger_voucher
WHEN (
    NEW.rowid = OLD.rowid AND NEW.pool = OLD.pool AND NEW.code = OLD.code AND NEW.amount = OLD.amount
    AND NEW.currency = OLD.currency AND NEW.expires IS OLD.expires AND NEW.imported_at = OLD.imported_at
    AND (CASE
        WHEN OLD.entry_id IS NULL AND OLD.burnt = 0 AND NEW.burnt = 0 THEN EXISTS (
            SELECT 1 FROM ledger_acting o JOIN ledger_entry e ON e.id = o.entry_id
            JOIN ledger_kind k ON k.kind = e.kind AND k.how = 'voucher' AND k.pool = NEW.pool
            WHERE e.id = NEW.entry_id AND e.entry = 'grant' AND e.amount = NEW.amount AND e.currency = NEW.currency
        ) AND NOT EXISTS (SELECT 1 FROM ledger_voucher WHERE entry_id = NEW.entry_id)
        WHEN OLD.burnt = 0 AND (NEW.entry_id IS NULL) <> (NEW.burnt = 1) THEN
            (NEW.entry_id IS NULL OR NEW.entry_id = OLD.entry_id)
            AND EXISTS (SELECT 1 FROM ledger_entry WHERE refers = OLD.entry_id AND entry = 'void')
            AND NEW.burnt = EXISTS (SELECT 1 FROM ledger_entry WHERE refers = OLD.entry_id AND entry = 'reveal')
        ELSE 0
    END)
) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ledger:books'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_voucher_stays
-- ;;
CREATE TRIGGER ledger_voucher_stays BEFORE DELETE ON ledger_voucher
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_fulfilment_begun
-- ;;
CREATE TRIGGER ledger_fulfilment_begun BEFORE INSERT ON ledger_fulfilment
WHEN (
    EXISTS (
        SELECT 1 FROM ledger_acting o JOIN ledger_entry e ON e.id = o.entry_id
        WHERE e.entry = 'grant' AND e.id = NEW.entry_id
    )
    AND NOT EXISTS (SELECT 1 FROM ledger_fulfilment WHERE entry_id = NEW.entry_id OR rowid = NEW.rowid)
) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ledger:books'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_fulfilment_stays
-- ;;
CREATE TRIGGER ledger_fulfilment_stays BEFORE DELETE ON ledger_fulfilment
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_fulfilment_voided
-- ;;
CREATE TRIGGER ledger_fulfilment_voided BEFORE UPDATE ON ledger_fulfilment
WHEN NEW.rowid <> OLD.rowid OR (NEW.state = 'cancelled') <> EXISTS (
    SELECT 1 FROM ledger_entry WHERE refers = OLD.entry_id AND entry = 'void'
)
BEGIN SELECT RAISE(ABORT, 'ledger:fulfilled'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_review_written
-- ;;
CREATE TRIGGER ledger_review_written BEFORE INSERT ON ledger_review
BEGIN
    SELECT RAISE(ABORT, 'ledger:no_entry')
    WHERE NOT EXISTS (SELECT 1 FROM ledger_entry WHERE id = NEW.entry_id AND entry = 'grant');
    SELECT RAISE(ABORT, 'ledger:not_supervisor')
    WHERE NOT EXISTS (SELECT 1 FROM ledger_agent WHERE id = NEW.reviewer AND active = 1 AND supervisor = 1);
    SELECT RAISE(ABORT, 'ledger:self_review')
    FROM ledger_entry g JOIN ledger_agent a ON a.id = g.agent JOIN ledger_agent r ON r.id = NEW.reviewer
    WHERE g.id = NEW.entry_id AND (r.id = a.id OR r.person = a.person);
    SELECT RAISE(ABORT, 'ledger:clock') FROM ledger_clock c WHERE (NEW.at BETWEEN c.at - 5000000 AND c.at) IS NOT TRUE;
    SELECT RAISE(ABORT, 'ledger:append_only') WHERE EXISTS (
        SELECT 1 FROM ledger_review WHERE rowid = NEW.rowid OR (entry_id = NEW.entry_id AND at = NEW.at)
    );
END
-- ;;
DROP TRIGGER IF EXISTS ledger_review_kept
-- ;;
-- Only the remark goes, once the customer was erased.
CREATE TRIGGER ledger_review_kept BEFORE UPDATE ON ledger_review
WHEN (
    NEW.rowid = OLD.rowid AND NEW.entry_id = OLD.entry_id AND NEW.at = OLD.at AND NEW.reviewer = OLD.reviewer
    AND NEW.verdict = OLD.verdict AND NEW.remark = '' AND EXISTS (
        SELECT 1 FROM ledger_entry e JOIN customer c ON c.id = e.customer_id
        WHERE e.id = OLD.entry_id AND c.erased_at IS NOT NULL
    )
) IS NOT TRUE
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END
-- ;;
DROP TRIGGER IF EXISTS ledger_review_stays
-- ;;
CREATE TRIGGER ledger_review_stays BEFORE DELETE ON ledger_review
BEGIN SELECT RAISE(ABORT, 'ledger:append_only'); END
