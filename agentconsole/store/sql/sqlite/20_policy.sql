-- A policy is applied by inserting its document: the tables of rules are made from it here, and by nothing else.
DROP TRIGGER IF EXISTS ledger_policy_checked
-- ;;
CREATE TRIGGER ledger_policy_checked BEFORE INSERT ON ledger_policy
BEGIN
    SELECT RAISE(ABORT, 'ledger:refused') WHERE (
        NEW.version = (SELECT coalesce(max(version), 0) + 1 FROM ledger_policy)
        AND NEW.author <> ''
        AND length(NEW.digest) = 64 AND NEW.digest NOT GLOB '*[^0-9a-f]*'
        AND (SELECT type FROM json_each(NEW.document) WHERE key = 'agents') = 'array'
        AND (SELECT type FROM json_each(NEW.document) WHERE key = 'rules') = 'array'
        AND (SELECT type FROM json_each(NEW.document) WHERE key = 'reasons') = 'array'
        AND (SELECT type FROM json_each(NEW.document) WHERE key = 'approvers') = 'array'
        AND (SELECT type FROM json_each(NEW.document) WHERE key = 'teams') = 'array'
        AND (SELECT type FROM json_each(NEW.document) WHERE key = 'kinds') = 'array'
        AND (SELECT type FROM json_each(NEW.document) WHERE key = 'zone') = 'text'
        AND (SELECT type FROM json_each(NEW.document) WHERE key = 'grace') = 'integer'
        AND (SELECT value FROM json_each(NEW.document) WHERE key = 'grace') >= 0
        AND (SELECT type FROM json_each(NEW.document) WHERE key = 'expires') = 'integer'
        AND (SELECT value FROM json_each(NEW.document) WHERE key = 'expires') > 0
    ) IS NOT TRUE;
    SELECT RAISE(ABORT, 'ledger:clock') FROM ledger_clock c WHERE (NEW.at BETWEEN c.at - 5000000 AND c.at) IS NOT TRUE;
END
-- ;;
DROP TRIGGER IF EXISTS ledger_policy_applied
-- ;;
-- Whatever conflict clause the INSERT has holds in here too: hence no step that could meet a conflict, and the
-- rows are counted at the end.
CREATE TRIGGER ledger_policy_applied AFTER INSERT ON ledger_policy
BEGIN
    UPDATE ledger_agent SET active = 0
    WHERE id NOT IN (SELECT t.id FROM ledger_agent_then t WHERE t.version = NEW.version);
    UPDATE ledger_agent SET (name, person, supervisor, team, training, trained_until, active) = (
        SELECT t.name, t.person, t.supervisor, t.team, t.training, t.trained_until, t.active
        FROM ledger_agent_then t WHERE t.version = NEW.version AND t.id = ledger_agent.id
    )
    WHERE id IN (SELECT t.id FROM ledger_agent_then t WHERE t.version = NEW.version);
    INSERT INTO ledger_agent (id, name, person, supervisor, team, training, trained_until, active)
    SELECT t.id, t.name, t.person, t.supervisor, t.team, t.training, t.trained_until, t.active
    FROM ledger_agent_then t WHERE t.version = NEW.version AND t.id NOT IN (SELECT id FROM ledger_agent);
    DELETE FROM ledger_rule;
    INSERT INTO ledger_rule (agent, currency, kind, purse, ceiling, customer, within, proof, period, budget, count)
    SELECT t.agent, t.currency, t.kind, t.purse, t.ceiling, t.customer, t.within, t.proof, t.period, t.budget, t.count
    FROM ledger_rule_then t WHERE t.version = NEW.version;
    DELETE FROM ledger_reason;
    INSERT INTO ledger_reason (agent, reason)
    SELECT t.agent, t.reason
    FROM ledger_reason_then t WHERE t.version = NEW.version;
    DELETE FROM ledger_approver;
    INSERT INTO ledger_approver (agent, approver)
    SELECT t.agent, t.approver
    FROM ledger_approver_then t WHERE t.version = NEW.version;
    DELETE FROM ledger_team;
    INSERT INTO ledger_team (team, currency, purse, period, budget)
    SELECT t.team, t.currency, t.purse, t.period, t.budget
    FROM ledger_team_then t WHERE t.version = NEW.version;
    DELETE FROM ledger_kind;
    INSERT INTO ledger_kind (kind, how, pool)
    SELECT t.kind, t.how, t.pool
    FROM ledger_kind_then t WHERE t.version = NEW.version;
    SELECT RAISE(ABORT, 'ledger:refused') WHERE (
        (SELECT count(*) FROM ledger_agent WHERE active = 1)
            = (SELECT count(DISTINCT t.id) FROM ledger_agent_then t WHERE t.version = NEW.version AND t.active = 1)
        AND (SELECT count(*) FROM ledger_rule)
            = (SELECT count(*) FROM ledger_rule_then t WHERE t.version = NEW.version)
        AND (SELECT count(*) FROM ledger_reason)
            = (SELECT count(*) FROM ledger_reason_then t WHERE t.version = NEW.version)
        AND (SELECT count(*) FROM ledger_approver)
            = (SELECT count(*) FROM ledger_approver_then t WHERE t.version = NEW.version)
        AND (SELECT count(*) FROM ledger_team)
            = (SELECT count(*) FROM ledger_team_then t WHERE t.version = NEW.version)
        AND (SELECT count(*) FROM ledger_kind)
            = (SELECT count(*) FROM ledger_kind_then t WHERE t.version = NEW.version)
    ) IS NOT TRUE;
    INSERT INTO ledger_setting (one, zone, grace, expires, policy, seed)
    SELECT 1, '', 0, 0, 0, lower(hex(randomblob(16))) WHERE NOT EXISTS (SELECT 1 FROM ledger_setting);
    UPDATE ledger_setting SET zone = (SELECT value FROM json_each(NEW.document, '$.zone')),
        grace = (SELECT value FROM json_each(NEW.document, '$.grace')),
        expires = (SELECT value FROM json_each(NEW.document, '$.expires')), policy = NEW.version;
END
