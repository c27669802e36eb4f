-- What decides about a gesture, read at one moment.
DROP VIEW IF EXISTS ledger_standing
-- ;;
-- Each active agent's rule, what is used up of it, and what each customer (of linked ones: the root) was given.
-- bound, made: of the agent's budget; given: within the rule's span, approvals that wait to be used included.
CREATE VIEW ledger_standing AS
SELECT a.id AS agent, a.person AS person, a.team AS team, c.id AS root, r.currency AS currency, r.kind AS kind,
    r.purse AS purse, r.ceiling AS ceiling, r.customer AS customer, r.proof AS proof, r.period AS period,
    r.budget AS budget, r.count AS count, n.begins AS begins,
    coalesce(b.spent + b.reserved, 0) AS bound, coalesce(b.count + b.reserved_count, 0) AS made,
    t.period AS team_period, t.budget AS team_budget, tn.begins AS team_begins,
    coalesce(tb.spent + tb.reserved, 0) AS team_bound,
    (a.training = 0 OR coalesce(a.trained_until >= (SELECT begins FROM ledger_now WHERE period = 'day'), 0)) AS trained,
    (
        SELECT coalesce(sum(e.amount), 0)
        FROM ledger_entry e
        WHERE e.customer_id IN (SELECT m.id FROM customer m WHERE m.id = c.id OR m.linked_to = c.id)
            AND e.at > (SELECT at FROM ledger_clock) - r.within * 1000000
            AND e.entry = 'grant' AND e.purse = r.purse AND e.currency = r.currency
            AND NOT EXISTS (SELECT 1 FROM ledger_entry v WHERE v.refers = e.id AND v.entry = 'void')
    ) + (
        SELECT coalesce(sum(p.granted), 0)
        FROM ledger_approval p
        WHERE p.customer_id IN (SELECT m.id FROM customer m WHERE m.id = c.id OR m.linked_to = c.id)
            AND p.state = 'approved' AND p.expires_at > (SELECT at FROM ledger_clock)
            AND p.purse = r.purse AND p.currency = r.currency
    ) AS given
FROM customer c
CROSS JOIN ledger_agent a
JOIN ledger_rule r ON r.agent = a.id
LEFT JOIN ledger_now n ON n.period = r.period
LEFT JOIN ledger_budget b ON b.scope = 'agent' AND b.holder = a.id AND b.purse = r.purse AND b.currency = r.currency
    AND b.period = r.period AND b.begins = n.begins
LEFT JOIN ledger_team t ON t.team = a.team AND t.currency = r.currency AND t.purse = r.purse
LEFT JOIN ledger_now tn ON tn.period = t.period
LEFT JOIN ledger_budget tb ON tb.scope = 'team' AND tb.holder = t.team AND tb.purse = t.purse
    AND tb.currency = t.currency AND tb.period = t.period AND tb.begins = tn.begins
WHERE a.active = 1
-- ;;
DROP VIEW IF EXISTS ledger_hold
-- ;;
-- What an approval holds back, or held: in the requester's team's budget, and in the approver's.
CREATE VIEW ledger_hold AS
SELECT p.id AS approval_id, p.state AS state, 'team' AS scope, p.team AS holder, p.purse AS purse,
    p.currency AS currency, (
        SELECT t.period FROM ledger_team_then t
        WHERE t.version = p.policy AND t.team = p.team AND t.currency = p.currency AND t.purse = p.purse
    ) AS period, p.period AS begins, coalesce(p.granted, p.amount) AS amount
FROM ledger_approval p
JOIN ledger_entry q ON q.agent = p.requester AND q.key = p.key AND q.team_period IS NOT NULL
UNION ALL
SELECT p.id, p.state, 'agent', p.approver, p.purse, p.currency, (
        SELECT r.period FROM ledger_rule_then r
        WHERE r.version = d.policy AND r.agent = p.approver AND r.currency = p.currency AND r.kind = p.kind
    ), p.approver_period, p.granted
FROM ledger_approval p
JOIN ledger_entry d ON d.customer_id = p.customer_id AND d.at = p.decided_at AND d.approval_id = p.id
    AND d.entry = 'approve'
-- ;;
DROP VIEW IF EXISTS ledger_charge
-- ;;
-- Which budgets a grant counts in.
CREATE VIEW ledger_charge AS
SELECT g.id AS entry_id, 'agent' AS scope, g.charged_to AS holder, g.purse AS purse, g.currency AS currency, (
        SELECT r.period FROM ledger_rule_then r
        WHERE r.version = g.policy AND r.agent = g.charged_to AND r.currency = g.currency AND r.kind = g.kind
    ) AS period, g.period AS begins
FROM ledger_entry g WHERE g.entry = 'grant' AND g.approval_id IS NULL
UNION ALL
SELECT g.id, 'team', g.team, g.purse, g.currency, (
        SELECT t.period FROM ledger_team_then t
        WHERE t.version = g.policy AND t.team = g.team AND t.currency = g.currency AND t.purse = g.purse
    ), g.team_period
FROM ledger_entry g WHERE g.entry = 'grant' AND g.approval_id IS NULL AND g.team_period IS NOT NULL
UNION ALL
SELECT g.id, h.scope, h.holder, h.purse, h.currency, h.period, h.begins
FROM ledger_entry g JOIN ledger_hold h ON h.approval_id = g.approval_id
WHERE g.entry = 'grant'
-- ;;
DROP VIEW IF EXISTS ledger_acting
-- ;;
-- A row while an entry is written whose chain has not moved on yet: only the entry's own trigger ever sees one.
CREATE VIEW ledger_acting AS
SELECT e.id AS entry_id FROM ledger_chain c JOIN ledger_entry e ON e.agent = c.agent AND e.seq = c.seq + 1
