-- What supervisors do: the policy, vouchers, reviews, erasing.
CREATE OR REPLACE FUNCTION ledger.apply_policy(p_author text, p_document text, p_digest text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
AS $body$
DECLARE
  latest public.ledger_policy;
  doc jsonb := p_document::jsonb;
  owner boolean := ledger._owns();
  author text;
  fresh bigint;
BEGIN
  PERFORM ledger._in_order();
  LOCK TABLE public.ledger_policy IN SHARE ROW EXCLUSIVE MODE;
  SELECT p.* INTO latest FROM public.ledger_policy p ORDER BY p.version DESC LIMIT 1;
  IF owner THEN
    author := session_user::text;
  ELSIF latest.version IS NULL THEN  -- the first one: whoever was made a supervisor by the roles alone
    author := ledger.me();
  ELSE
    SELECT a.id INTO author FROM public.ledger_agent a WHERE a.id = ledger.me() AND a.active AND a.supervisor;
  END IF;
  IF author IS NULL OR NOT owner AND p_author IS DISTINCT FROM author THEN
    PERFORM ledger._refuse('not_supervisor');
  ELSIF p_digest IS DISTINCT FROM encode(sha256(convert_to(p_document, 'UTF8')), 'hex') THEN
    PERFORM ledger._refuse('refused');
  ELSIF latest.digest = p_digest THEN
    RETURN latest.version;
  END IF;
  fresh := coalesce(latest.version, 0) + 1;
  PERFORM ledger.clock() AT TIME ZONE (doc ->> 'zone');  -- refuses what is no time zone
  INSERT INTO public.ledger_policy (version, at, author, digest, document)
  VALUES (fresh, ledger.clock(), author, p_digest, p_document);
  INSERT INTO public.ledger_setting (one, zone, grace, expires, policy, seed)
  VALUES (1, doc ->> 'zone', (doc ->> 'grace')::bigint, (doc ->> 'expires')::bigint, fresh,
    encode(sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex'))
  ON CONFLICT (one) DO UPDATE SET zone = excluded.zone, grace = excluded.grace, expires = excluded.expires,
    policy = excluded.policy;
  PERFORM ledger._put_rules(doc);
  RETURN fresh;
END
$body$
-- ;;
-- The rules of a document, in place of those before. Agents stay, since entries are theirs; without being named inactive.
CREATE OR REPLACE FUNCTION ledger._put_rules(p_document jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  UPDATE public.ledger_agent SET active = false WHERE active;
  INSERT INTO public.ledger_agent (id, name, person, supervisor, team, training, trained_until, active)
  SELECT d.id, d.name, d.person, d.supervisor, d.team, d.training, d.trained_until, d.active
  FROM jsonb_to_recordset(p_document -> 'agents') AS d (
    id text, name text, person text, supervisor boolean, team text, training boolean, trained_until date,
    active boolean)
  ON CONFLICT (id) DO UPDATE SET name = excluded.name, person = excluded.person, supervisor = excluded.supervisor,
    team = excluded.team, training = excluded.training, trained_until = excluded.trained_until,
    active = excluded.active;
  DELETE FROM public.ledger_rule;
  INSERT INTO public.ledger_rule
    (agent, currency, kind, purse, ceiling, customer, within, proof, period, budget, count)
  SELECT d.agent, d.currency, d.kind, d.purse, d.ceiling, d.customer, d.within, d.proof, d.period, d.budget, d.count
  FROM jsonb_to_recordset(p_document -> 'rules') AS d (
    agent text, currency text, kind text, purse text, ceiling bigint, customer bigint, within bigint, proof bigint,
    period text, budget bigint, count bigint);
  DELETE FROM public.ledger_reason;
  INSERT INTO public.ledger_reason (agent, reason)
  SELECT d.agent, d.reason FROM jsonb_to_recordset(p_document -> 'reasons') AS d (agent text, reason text);
  DELETE FROM public.ledger_approver;
  INSERT INTO public.ledger_approver (agent, approver)
  SELECT d.agent, d.approver FROM jsonb_to_recordset(p_document -> 'approvers') AS d (agent text, approver text);
  DELETE FROM public.ledger_team;
  INSERT INTO public.ledger_team (team, currency, purse, period, budget)
  SELECT d.team, d.currency, d.purse, d.period, d.budget
  FROM jsonb_to_recordset(p_document -> 'teams') AS d (
    team text, currency text, purse text, period text, budget bigint);
  DELETE FROM public.ledger_kind;
  INSERT INTO public.ledger_kind (kind, how, pool)
  SELECT d.kind, d.how, d.pool FROM jsonb_to_recordset(p_document -> 'kinds') AS d (kind text, how text, pool text);
END
$body$
-- ;;
-- Codes for a pool, one a place in each array; those that the pool has are passed over.
CREATE OR REPLACE FUNCTION ledger.add_vouchers(
  p_pool text, p_codes text[], p_amounts bigint[], p_currencies text[], p_expires date[]
) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
AS $body$
DECLARE
  added bigint;
BEGIN
  PERFORM ledger._in_order();
  IF NOT ledger._owns() THEN
    PERFORM ledger._supervising(ledger.me());
  END IF;
  IF p_pool IS NULL OR coalesce(p_pool, '') = '' OR EXISTS (
    SELECT FROM unnest(p_codes, p_amounts, p_currencies) AS v (code, amount, currency)
    WHERE v.code IS NULL OR v.code = '' OR v.amount IS NULL OR v.currency IS NULL OR length(v.currency) <> 3
  ) THEN
    PERFORM ledger._refuse('refused');
  END IF;
  INSERT INTO public.ledger_voucher (pool, code, amount, currency, expires, imported_at, burnt)
  SELECT p_pool, v.code, v.amount, v.currency, v.expires, ledger.clock(), false
  FROM unnest(p_codes, p_amounts, p_currencies, p_expires) AS v (code, amount, currency, expires)
  ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS added = ROW_COUNT;
  RETURN added;
END
$body$
-- ;;
CREATE OR REPLACE FUNCTION ledger.review(p_agent text, p_entry uuid, p_verdict text, p_remark text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
AS $body$
DECLARE
  me public.ledger_agent := ledger._acting(p_agent);
  giver text;
BEGIN
  SELECT a.person INTO giver FROM public.ledger_entry e JOIN public.ledger_agent a ON a.id = e.agent
  WHERE e.id = p_entry AND e.entry = 'grant';
  IF NOT FOUND THEN
    PERFORM ledger._refuse('no_entry');
  ELSIF NOT me.supervisor THEN
    PERFORM ledger._refuse('not_supervisor');
  ELSIF giver = me.person THEN
    PERFORM ledger._refuse('self_review');
  ELSIF p_verdict IS NULL OR p_remark IS NULL OR p_verdict NOT IN ('fine', 'talk', 'wrong') THEN
    PERFORM ledger._refuse('refused');
  END IF;
  INSERT INTO public.ledger_review (entry_id, at, reviewer, verdict, remark)
  VALUES (p_entry, ledger.clock(), me.id, p_verdict, p_remark);
END
$body$
-- ;;
CREATE OR REPLACE FUNCTION ledger.erase(p_agent text, p_customers uuid[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
AS $body$
BEGIN
  PERFORM ledger._supervising(p_agent);
  IF p_customers IS NULL OR EXISTS (
    SELECT FROM unnest(p_customers) AS one (id) LEFT JOIN public.customer c ON c.id = one.id
    WHERE c.id IS NULL
  ) THEN
    PERFORM ledger._refuse('refused');
  END IF;
  UPDATE public.customer c SET erased_at = ledger.clock() WHERE c.id = ANY (p_customers) AND c.erased_at IS NULL;
  UPDATE public.ledger_review r SET remark = '' FROM public.ledger_entry e
  WHERE e.id = r.entry_id AND e.customer_id = ANY (p_customers) AND r.remark <> '';
  DELETE FROM public.ledger_text t USING public.ledger_entry e
  WHERE e.id = t.entry_id AND e.customer_id = ANY (p_customers);
END
$body$
