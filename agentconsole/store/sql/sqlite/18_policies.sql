-- What every policy says, read from its document: the tables of rules are made from these views, and what was charged
-- under an earlier policy is given back by them. SQLite 3.40 lets a trigger use json_each, and no function of JSON.
DROP VIEW IF EXISTS ledger_agent_then
-- ;;
CREATE VIEW ledger_agent_then AS
SELECT p.version AS version,
    (SELECT value FROM json_each(j.value, '$.id')) AS id,
    (SELECT value FROM json_each(j.value, '$.name')) AS name,
    (SELECT value FROM json_each(j.value, '$.person')) AS person,
    (SELECT value FROM json_each(j.value, '$.supervisor')) AS supervisor,
    (SELECT value FROM json_each(j.value, '$.team')) AS team,
    (SELECT value FROM json_each(j.value, '$.training')) AS training,
    (SELECT value FROM json_each(j.value, '$.trained_until')) AS trained_until,
    (SELECT value FROM json_each(j.value, '$.active')) AS active
FROM ledger_policy p, json_each(p.document, '$.agents') j
-- ;;
DROP VIEW IF EXISTS ledger_rule_then
-- ;;
CREATE VIEW ledger_rule_then AS
SELECT p.version AS version,
    (SELECT value FROM json_each(j.value, '$.agent')) AS agent,
    (SELECT value FROM json_each(j.value, '$.currency')) AS currency,
    (SELECT value FROM json_each(j.value, '$.kind')) AS kind,
    (SELECT value FROM json_each(j.value, '$.purse')) AS purse,
    (SELECT value FROM json_each(j.value, '$.ceiling')) AS ceiling,
    (SELECT value FROM json_each(j.value, '$.customer')) AS customer,
    (SELECT value FROM json_each(j.value, '$.within')) AS within,
    (SELECT value FROM json_each(j.value, '$.proof')) AS proof,
    (SELECT value FROM json_each(j.value, '$.period')) AS period,
    (SELECT value FROM json_each(j.value, '$.budget')) AS budget,
    (SELECT value FROM json_each(j.value, '$.count')) AS count
FROM ledger_policy p, json_each(p.document, '$.rules') j
-- ;;
DROP VIEW IF EXISTS ledger_reason_then
-- ;;
CREATE VIEW ledger_reason_then AS
SELECT p.version AS version,
    (SELECT value FROM json_each(j.value, '$.agent')) AS agent,
    (SELECT value FROM json_each(j.value, '$.reason')) AS reason
FROM ledger_policy p, json_each(p.document, '$.reasons') j
-- ;;
DROP VIEW IF EXISTS ledger_approver_then
-- ;;
CREATE VIEW ledger_approver_then AS
SELECT p.version AS version,
    (SELECT value FROM json_each(j.value, '$.agent')) AS agent,
    (SELECT value FROM json_each(j.value, '$.approver')) AS approver
FROM ledger_policy p, json_each(p.document, '$.approvers') j
-- ;;
DROP VIEW IF EXISTS ledger_team_then
-- ;;
CREATE VIEW ledger_team_then AS
SELECT p.version AS version,
    (SELECT value FROM json_each(j.value, '$.team')) AS team,
    (SELECT value FROM json_each(j.value, '$.currency')) AS currency,
    (SELECT value FROM json_each(j.value, '$.purse')) AS purse,
    (SELECT value FROM json_each(j.value, '$.period')) AS period,
    (SELECT value FROM json_each(j.value, '$.budget')) AS budget
FROM ledger_policy p, json_each(p.document, '$.teams') j
-- ;;
DROP VIEW IF EXISTS ledger_kind_then
-- ;;
CREATE VIEW ledger_kind_then AS
SELECT p.version AS version,
    (SELECT value FROM json_each(j.value, '$.kind')) AS kind,
    (SELECT value FROM json_each(j.value, '$.how')) AS how,
    (SELECT value FROM json_each(j.value, '$.pool')) AS pool
FROM ledger_policy p, json_each(p.document, '$.kinds') j
