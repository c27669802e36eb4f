-- What the rules say of an agent, what a customer has got, and the counters.
--
-- First day of the period that a moment is in, in the brand's time zone; a week begins on Monday.
CREATE OR REPLACE FUNCTION ledger._begins(p_period text, p_at timestamptz, p_zone text) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT date_trunc(p_period, p_at AT TIME ZONE p_zone)::date
$body$
-- ;;
-- All rules about an agent, a kind, a currency and a reason, in one look: a policy is never seen half applied.
CREATE OR REPLACE FUNCTION ledger._rules(
  p_agent text, p_kind text, p_currency text, p_reason text,
  OUT policy bigint, OUT zone text, OUT grace bigint, OUT expires bigint, OUT how text, OUT pool text,
  OUT person text, OUT team text, OUT trained boolean, OUT delegated boolean, OUT in_currency boolean,
  OUT reasoned boolean, OUT allowed boolean, OUT purse text, OUT ceiling bigint, OUT customer bigint,
  OUT within bigint, OUT proof bigint, OUT period text, OUT budget bigint, OUT count bigint,
  OUT team_period text, OUT team_budget bigint
) RETURNS record
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
  SELECT g.policy, g.zone, g.grace, g.expires, coalesce(k.how, 'task'), coalesce(k.pool, p_kind),
    a.person, a.team,
    NOT a.training OR coalesce(a.trained_until >= (ledger.clock() AT TIME ZONE g.zone)::date, false),
    EXISTS (SELECT FROM public.ledger_rule x WHERE x.agent = a.id),
    EXISTS (SELECT FROM public.ledger_rule x WHERE x.agent = a.id AND x.currency = p_currency),
    EXISTS (SELECT FROM public.ledger_reason x WHERE x.agent = a.id AND x.reason = p_reason),
    r.agent IS NOT NULL, r.purse, r.ceiling, r.customer, r.within, r.proof, r.period, r.budget, r.count,
    t.period, t.budget
  INTO policy, zone, grace, expires, how, pool, person, team, trained, delegated, in_currency, reasoned, allowed,
    purse, ceiling, customer, within, proof, period, budget, count, team_period, team_budget
  FROM public.ledger_setting g
  JOIN public.ledger_agent a ON a.id = p_agent AND a.active
  LEFT JOIN public.ledger_kind k ON k.kind = p_kind
  LEFT JOIN public.ledger_rule r ON r.agent = a.id AND r.currency = p_currency AND r.kind = p_kind
  LEFT JOIN public.ledger_team t ON t.team = a.team AND t.currency = p_currency AND t.purse = r.purse;
END
$body$
-- ;;
CREATE OR REPLACE FUNCTION ledger._root(p_customer uuid) RETURNS uuid
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT coalesce(c.linked_to, c.id) FROM public.customer c WHERE c.id = p_customer
$body$
-- ;;
-- Waits until nobody else gives to this customer out of this purse, counts the amount, and answers the customer that
-- all linked ones stand for. Links cannot change until the transaction ends.
CREATE OR REPLACE FUNCTION ledger._hold_customer(p_customer uuid, p_purse text, p_currency text, p_amount bigint)
RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  root uuid;
BEGIN
  LOOP
    root := ledger._root(p_customer);
    PERFORM FROM public.customer c WHERE c.id IN (p_customer, root) ORDER BY c.id FOR SHARE;
    EXIT WHEN root IS NOT DISTINCT FROM ledger._root(p_customer);
  END LOOP;
  PERFORM FROM ledger.kin k WHERE k.kin = (SELECT o.kin FROM ledger.kin o WHERE o.customer_id = root)
  ORDER BY k.customer_id FOR UPDATE;
  INSERT INTO public.ledger_customer (customer_id, purse, currency) VALUES (root, p_purse, p_currency)
  ON CONFLICT DO NOTHING;
  UPDATE public.ledger_customer c SET given = greatest(c.given + p_amount, 0)  -- links may have changed since
  WHERE c.customer_id = root AND c.purse = p_purse AND c.currency = p_currency;
  RETURN root;
END
$body$
-- ;;
-- Minor units that a customer, with all who are or were linked, has got within so many seconds, and what approvals hold back.
CREATE OR REPLACE FUNCTION ledger._given(
  p_root uuid, p_purse text, p_currency text, p_within bigint, p_at timestamptz
) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  alike uuid[] := ARRAY(
    SELECT c.id FROM public.customer c WHERE c.id = p_root OR c.linked_to = p_root
    UNION SELECT o.customer_id FROM ledger.kin k JOIN ledger.kin o ON o.kin = k.kin WHERE k.customer_id = p_root
  );
BEGIN
  RETURN coalesce((
      SELECT sum(e.amount) FROM public.ledger_entry e
      WHERE e.customer_id = ANY (alike) AND e.entry = 'grant' AND e.purse = p_purse
        AND e.currency = p_currency AND e.at > p_at - make_interval(secs => p_within)
        AND NOT EXISTS (SELECT FROM public.ledger_entry v WHERE v.refers = e.id AND v.entry = 'void')
    ), 0)
    + coalesce((
      SELECT sum(a.granted) FROM public.ledger_approval a
      WHERE a.customer_id = ANY (alike) AND a.purse = p_purse AND a.currency = p_currency
        AND a.state = 'approved' AND a.expires_at > p_at
    ), 0);
END
$body$
-- ;;
-- Adds to a budget, or holds back from it, where its ceilings allow it; answers which one does not.
CREATE OR REPLACE FUNCTION ledger._charge(
  p_scope text, p_holder text, p_purse text, p_currency text, p_period text, p_begins date,
  p_amount bigint, p_budget bigint, p_count bigint, p_hold boolean
) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  now_spent bigint := CASE WHEN p_hold THEN 0 ELSE p_amount END;
  now_held bigint := CASE WHEN p_hold THEN p_amount ELSE 0 END;
BEGIN
  INSERT INTO public.ledger_budget (scope, holder, purse, currency, period, begins)
  VALUES (p_scope, p_holder, p_purse, p_currency, p_period, p_begins) ON CONFLICT DO NOTHING;
  UPDATE public.ledger_budget b
  SET spent = b.spent + now_spent, reserved = b.reserved + now_held,
      count = b.count + (now_spent > 0)::integer, reserved_count = b.reserved_count + (now_held > 0)::integer,
      cap = p_budget
  WHERE b.scope = p_scope AND b.holder = p_holder AND b.purse = p_purse AND b.currency = p_currency
    AND b.period = p_period AND b.begins = p_begins
    AND b.spent + b.reserved + p_amount <= p_budget
    AND (p_count IS NULL OR b.count + b.reserved_count + 1 <= p_count);
  IF FOUND THEN
    RETURN NULL;
  END IF;
  RETURN CASE WHEN b.spent + b.reserved + p_amount > p_budget THEN 'budget' ELSE 'count' END
  FROM public.ledger_budget b
  WHERE b.scope = p_scope AND b.holder = p_holder AND b.purse = p_purse AND b.currency = p_currency
    AND b.period = p_period AND b.begins = p_begins;
END
$body$
-- ;;
-- Whether a budget has room: what _charge would answer, without doing it.
CREATE OR REPLACE FUNCTION ledger._room(
  p_scope text, p_holder text, p_purse text, p_currency text, p_period text, p_begins date,
  p_amount bigint, p_budget bigint, p_count bigint
) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT coalesce(max(b.spent + b.reserved), 0) + p_amount <= p_budget
    AND (p_count IS NULL OR coalesce(max(b.count + b.reserved_count), 0) + 1 <= p_count)
  FROM public.ledger_budget b
  WHERE b.scope = p_scope AND b.holder = p_holder AND b.purse = p_purse AND b.currency = p_currency
    AND b.period = p_period AND b.begins = p_begins
$body$
-- ;;
-- Moves what is counted already: gives it back, or turns what was held back into spent. No ceiling is asked.
CREATE OR REPLACE FUNCTION ledger._move(
  p_scope text, p_holder text, p_purse text, p_currency text, p_period text, p_begins date,
  p_spent bigint, p_reserved bigint, p_count bigint, p_reserved_count bigint
) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  UPDATE public.ledger_budget b
  SET spent = b.spent + p_spent, reserved = b.reserved + p_reserved,
      count = b.count + p_count, reserved_count = b.reserved_count + p_reserved_count
  WHERE b.scope = p_scope AND b.holder = p_holder AND b.purse = p_purse AND b.currency = p_currency
    AND b.period = p_period AND b.begins = p_begins;
  IF NOT FOUND THEN
    RAISE EXCEPTION USING MESSAGE = 'a budget of the ledger is missing', ERRCODE = 'GW002';
  END IF;
END
$body$
-- ;;
-- How long budgets lasted under an earlier policy: the first day alone does not tell a week from a month.
CREATE OR REPLACE FUNCTION ledger._agents_period(p_policy bigint, p_agent text, p_currency text, p_kind text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT r ->> 'period' FROM public.ledger_policy p, jsonb_array_elements(p.document::jsonb -> 'rules') r
  WHERE p.version = p_policy AND r ->> 'agent' = p_agent AND r ->> 'currency' = p_currency AND r ->> 'kind' = p_kind
$body$
-- ;;
CREATE OR REPLACE FUNCTION ledger._teams_period(p_policy bigint, p_team text, p_currency text, p_purse text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT t ->> 'period' FROM public.ledger_policy p, jsonb_array_elements(p.document::jsonb -> 'teams') t
  WHERE p.version = p_policy AND t ->> 'team' = p_team AND t ->> 'currency' = p_currency AND t ->> 'purse' = p_purse
$body$
-- ;;
-- Where an approval holds money back: the team's budget (none: no period) since the request, the approver's since.
CREATE OR REPLACE FUNCTION ledger._held(
  p_approval public.ledger_approval,
  OUT team_period text, OUT team_begins date, OUT period text, OUT begins date
) RETURNS record
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT
    CASE WHEN asked.team_period IS NOT NULL THEN
      ledger._teams_period(asked.policy, asked.team, asked.currency, asked.purse) END,
    asked.team_period,
    ledger._agents_period(said.policy, said.charged_to, said.currency, said.kind),
    said.period
  FROM public.ledger_entry asked
  LEFT JOIN public.ledger_entry said ON said.customer_id = p_approval.customer_id AND said.at = p_approval.decided_at
    AND said.approval_id = p_approval.id AND said.entry = 'approve'
  WHERE asked.agent = p_approval.requester AND asked.key = p_approval.key
$body$
