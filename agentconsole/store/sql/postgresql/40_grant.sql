-- Granting: the checks in the order of store/ledger/base.py; locks: customer, chain, approval, budgets, voucher.
--
-- Whether a key was used before: the entry, where it was for the same; refuses where it was for something else.
CREATE OR REPLACE FUNCTION ledger._used_key(
  p_agent text, p_key uuid, p_entry text, p_conversation uuid, p_kind text, p_amount bigint, p_currency text,
  p_reason text, p_approval uuid, p_proof text, p_remark text
) RETURNS public.ledger_entry
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  before public.ledger_entry;
BEGIN
  SELECT e.* INTO before FROM public.ledger_entry e WHERE e.agent = p_agent AND e.key = p_key;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  IF (before.entry, before.conversation_id, before.kind, before.amount, before.currency, before.reason)
     IS DISTINCT FROM (p_entry, p_conversation, p_kind, p_amount, p_currency, p_reason)
     OR (p_entry = 'grant' AND before.approval_id IS DISTINCT FROM p_approval)
     OR EXISTS (SELECT FROM public.ledger_text t
                WHERE t.entry_id = before.id AND (t.proof, t.remark) IS DISTINCT FROM (p_proof, p_remark)) THEN
    PERFORM ledger._refuse('duplicate');
  END IF;
  RETURN before;
END
$body$
-- ;;
CREATE OR REPLACE FUNCTION ledger._check_wanted(
  p_key uuid, p_conversation uuid, p_kind text, p_amount bigint, p_currency text, p_reason text, p_proof text
) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  IF p_amount IS NULL OR p_amount NOT BETWEEN 1 AND 1000000000 THEN
    PERFORM ledger._refuse('amount');
  ELSIF p_key IS NULL OR p_conversation IS NULL OR p_kind IS NULL OR p_currency IS NULL OR p_reason IS NULL
     OR p_proof IS NULL THEN
    PERFORM ledger._refuse('refused');
  END IF;
END
$body$
-- ;;
-- What has to be so before any ceiling is looked at, for a grant as for a request.
CREATE OR REPLACE FUNCTION ledger._check_delegation(r record) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  IF NOT r.delegated THEN
    PERFORM ledger._refuse('no_delegation');
  ELSIF NOT r.in_currency THEN
    PERFORM ledger._refuse('currency');
  ELSIF NOT r.allowed THEN
    PERFORM ledger._refuse('kind_not_allowed');
  ELSIF NOT r.reasoned THEN
    PERFORM ledger._refuse('reason_not_allowed');
  ELSIF NOT r.trained THEN
    PERFORM ledger._refuse('training_expired');
  END IF;
END
$body$
-- ;;
-- The customer of a conversation; refuses where there is none, or not any more.
CREATE OR REPLACE FUNCTION ledger._customer_of(p_conversation uuid) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  found_customer uuid;
BEGIN
  SELECT u.id INTO found_customer FROM public.conversation c JOIN public.customer u ON u.id = c.customer_id
  WHERE c.id = p_conversation AND u.erased_at IS NULL;
  IF NOT FOUND THEN
    PERFORM ledger._refuse('conversation');
  END IF;
  RETURN found_customer;
END
$body$
-- ;;
-- Refuses where a conversation became another customer's while that one's was waited for: whose sum is looked at and
-- who gets it are the same.
CREATE OR REPLACE FUNCTION ledger._still_of(p_conversation uuid, p_customer uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  IF ledger._customer_of(p_conversation) <> p_customer THEN
    PERFORM ledger._refuse('busy');
  END IF;
END
$body$
-- ;;
-- Takes the code that expires first out of a pool. No variable ever holds it: a session may have plans printed
-- (debug_print_plan), and a plan has the values of the variables that it was made for.
CREATE OR REPLACE FUNCTION ledger._take_voucher(
  p_entry uuid, p_pool text, p_amount bigint, p_currency text, p_today date
) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
BEGIN
  UPDATE public.ledger_voucher v SET entry_id = p_entry
  WHERE (v.pool, v.code) = (
    SELECT f.pool, f.code FROM public.ledger_voucher f
    WHERE f.pool = p_pool AND f.amount = p_amount AND f.currency = p_currency AND f.entry_id IS NULL AND NOT f.burnt
      AND (f.expires IS NULL OR f.expires >= p_today)
    ORDER BY f.expires NULLS LAST, f.code LIMIT 1 FOR UPDATE SKIP LOCKED
  );
  IF NOT FOUND THEN  -- the last one may be in hands that give it back
    PERFORM ledger._refuse(CASE WHEN EXISTS (
      SELECT FROM public.ledger_voucher v
      WHERE v.pool = p_pool AND v.amount = p_amount AND v.currency = p_currency AND v.entry_id IS NULL
        AND NOT v.burnt AND (v.expires IS NULL OR v.expires >= p_today)
    ) THEN 'busy' ELSE 'out_of_stock' END);
  END IF;
END
$body$
-- ;;
-- Charges an approval's grant: what was held back is spent, in the periods in which it was held back.
CREATE OR REPLACE FUNCTION ledger._use_approval(INOUT e public.ledger_entry, p_root uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  asked public.ledger_approval;
  held record;
BEGIN
  SELECT a.* INTO asked FROM public.ledger_approval a WHERE a.id = e.approval_id FOR UPDATE;
  IF NOT FOUND OR asked.requester <> e.agent OR ledger._root(asked.customer_id) IS DISTINCT FROM p_root
     OR (asked.kind, asked.currency, asked.reason, coalesce(asked.granted, asked.amount))
        IS DISTINCT FROM (e.kind, e.currency, e.reason, e.amount) THEN
    PERFORM ledger._refuse('approval_mismatch');
  ELSIF asked.state = 'expired' OR asked.state = 'approved' AND asked.expires_at <= e.at THEN
    PERFORM ledger._refuse('approval_expired');
  ELSIF asked.state <> 'approved' THEN
    PERFORM ledger._refuse('approval_state');
  END IF;
  held := ledger._held(asked);
  e.charged_to := asked.approver;
  e.period := asked.approver_period;
  e.team := asked.team;
  e.team_period := held.team_begins;
  PERFORM ledger._move('agent', asked.approver, asked.purse, asked.currency, held.period, held.begins,
    asked.granted, -asked.granted, 1, -1);
  IF held.team_begins IS NOT NULL THEN
    PERFORM ledger._move('team', asked.team, asked.purse, asked.currency, held.team_period, held.team_begins,
      asked.granted, -asked.granted, 1, -1);
  END IF;
  UPDATE public.ledger_approval a SET state = 'used' WHERE a.id = asked.id;
END
$body$
-- ;;
CREATE OR REPLACE FUNCTION ledger.give(
  p_agent text, p_key uuid, p_conversation uuid, p_kind text, p_amount bigint, p_currency text, p_reason text,
  p_proof text, p_approval uuid, OUT written uuid, OUT replayed boolean
) RETURNS record
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
AS $body$
DECLARE
  me public.ledger_agent := ledger._acting(p_agent);
  purse text := CASE WHEN p_kind = 'attention' THEN 'attention' ELSE 'goodwill' END;
  e public.ledger_entry;
  before public.ledger_entry;
  r record;
  root uuid;
  given bigint;
  short text;
BEGIN
  PERFORM ledger._check_wanted(p_key, p_conversation, p_kind, p_amount, p_currency, p_reason, p_proof);
  e.customer_id := ledger._customer_of(p_conversation);
  root := ledger._hold_customer(e.customer_id, purse, p_currency, p_amount);
  PERFORM ledger._still_of(p_conversation, e.customer_id);
  PERFORM ledger._hold_chain(me.id);
  before := ledger._used_key(me.id, p_key, 'grant', p_conversation, p_kind, p_amount, p_currency, p_reason,
    p_approval, p_proof, '');
  IF before.id IS NOT NULL THEN
    PERFORM ledger._hold_customer(e.customer_id, purse, p_currency, -p_amount);
    written := before.id;
    replayed := true;
    RETURN;
  END IF;
  r := ledger._rules(me.id, p_kind, p_currency, p_reason);
  PERFORM ledger._check_delegation(r);
  e.at := ledger.clock();
  SELECT me.id, gen_random_uuid(), 'grant', p_conversation, p_kind, r.purse, p_amount, p_currency, p_reason, r.team,
    me.id, p_key, p_approval, r.policy
  INTO e.agent, e.id, e.entry, e.conversation_id, e.kind, e.purse, e.amount, e.currency, e.reason, e.team,
    e.charged_to, e.key, e.approval_id, e.policy;
  IF p_approval IS NOT NULL THEN
    e := ledger._use_approval(e, root);
  ELSE
    given := ledger._given(root, r.purse, p_currency, r.within, e.at);
    IF given + p_amount > r.proof AND p_proof !~ '[^[:space:]]' THEN
      PERFORM ledger._refuse('proof_required');
    ELSIF p_amount > r.ceiling THEN
      PERFORM ledger._refuse('over_ceiling');
    ELSIF given + p_amount > r.customer THEN
      PERFORM ledger._refuse('over_customer_ceiling');
    END IF;
    e.period := ledger._begins(r.period, e.at, r.zone);
    short := ledger._charge('agent', me.id, r.purse, p_currency, r.period, e.period, p_amount, r.budget, r.count, false);
    IF short IS NOT NULL THEN
      PERFORM ledger._refuse('over_' || short);
    END IF;
    IF r.team_budget IS NOT NULL THEN
      e.team_period := ledger._begins(r.team_period, e.at, r.zone);
      IF ledger._charge('team', r.team, r.purse, p_currency, r.team_period, e.team_period, p_amount, r.team_budget,
                        NULL, false) IS NOT NULL THEN
        PERFORM ledger._refuse('over_team_budget');
      END IF;
    END IF;
  END IF;
  PERFORM ledger._append(e, p_proof, '');
  IF r.how = 'voucher' THEN
    PERFORM ledger._take_voucher(e.id, r.pool, p_amount, p_currency, (e.at AT TIME ZONE r.zone)::date);
  END IF;
  INSERT INTO public.ledger_fulfilment (entry_id, how, state, wire, not_before, queued_at, ended_at, ended_by)
  VALUES (e.id, r.how, CASE WHEN r.how = 'voucher' THEN 'done' ELSE 'queued' END, false, e.at, e.at,
    CASE WHEN r.how = 'voucher' THEN e.at END, CASE WHEN r.how = 'voucher' THEN me.id END);
  written := e.id;
  replayed := false;
END
$body$
