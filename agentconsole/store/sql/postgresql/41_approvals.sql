-- Approvals: asked for once, decided on once by another person, used once.
CREATE OR REPLACE FUNCTION ledger.ask(
  p_agent text, p_key uuid, p_conversation uuid, p_kind text, p_amount bigint, p_currency text, p_reason text,
  p_proof text, p_remark text, OUT written uuid, OUT replayed boolean
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
  proven boolean;
  begins date;
BEGIN
  PERFORM ledger._check_wanted(p_key, p_conversation, p_kind, p_amount, p_currency, p_reason, p_proof);
  IF p_remark IS NULL THEN
    PERFORM ledger._refuse('refused');
  END IF;
  e.customer_id := ledger._customer_of(p_conversation);
  root := ledger._hold_customer(e.customer_id, purse, p_currency, 0);
  PERFORM ledger._still_of(p_conversation, e.customer_id);
  PERFORM ledger._hold_chain(me.id);
  before := ledger._used_key(me.id, p_key, 'request', p_conversation, p_kind, p_amount, p_currency, p_reason,
    NULL, p_proof, p_remark);
  IF before.id IS NOT NULL THEN
    written := before.approval_id;
    replayed := true;
    RETURN;
  END IF;
  r := ledger._rules(me.id, p_kind, p_currency, p_reason);
  PERFORM ledger._check_delegation(r);
  e.at := ledger.clock();
  given := ledger._given(root, r.purse, p_currency, r.within, e.at);
  proven := given + p_amount <= r.proof OR p_proof ~ '[^[:space:]]';
  begins := ledger._begins(r.period, e.at, r.zone);
  IF r.team_budget IS NOT NULL THEN
    e.team_period := ledger._begins(r.team_period, e.at, r.zone);
  END IF;
  e.period := coalesce(e.team_period, begins);
  IF proven AND p_amount <= r.ceiling AND given + p_amount <= r.customer
     AND ledger._room('agent', me.id, r.purse, p_currency, r.period, begins, p_amount, r.budget, r.count)
     AND (r.team_budget IS NULL OR ledger._room('team', r.team, r.purse, p_currency, r.team_period, e.team_period,
                                                p_amount, r.team_budget, NULL)) THEN
    PERFORM ledger._refuse('not_needed');
  ELSIF NOT proven THEN
    PERFORM ledger._refuse('proof_required');
  ELSIF r.team_budget IS NOT NULL AND ledger._charge('team', r.team, r.purse, p_currency, r.team_period,
                                                     e.team_period, p_amount, r.team_budget, NULL, true) IS NOT NULL THEN
    PERFORM ledger._refuse('over_team_budget');
  ELSIF NOT ledger._approvable(me, root, p_kind, p_amount, p_currency, e.at) THEN
    PERFORM ledger._refuse('no_approver');
  END IF;
  SELECT me.id, gen_random_uuid(), 'request', p_conversation, p_kind, r.purse, p_amount, p_currency, p_reason, r.team,
    me.id, p_key, gen_random_uuid(), r.policy
  INTO e.agent, e.id, e.entry, e.conversation_id, e.kind, e.purse, e.amount, e.currency, e.reason, e.team,
    e.charged_to, e.key, e.approval_id, e.policy;
  INSERT INTO public.ledger_approval (id, requester, key, conversation_id, customer_id, kind, purse, amount, currency,
    reason, team, period, requested_at, expires_at, state, policy)
  VALUES (e.approval_id, me.id, p_key, p_conversation, e.customer_id, p_kind, r.purse, p_amount, p_currency, p_reason,
    r.team, e.period, e.at, e.at + make_interval(secs => r.expires), 'requested', r.policy);
  PERFORM ledger._append(e, p_proof, p_remark);
  written := e.approval_id;
  replayed := false;
END
$body$
-- ;;
-- Whether there is somebody, another person, whose ceilings and budgets suffice at this moment.
CREATE OR REPLACE FUNCTION ledger._approvable(
  p_me public.ledger_agent, p_root uuid, p_kind text, p_amount bigint, p_currency text, p_at timestamptz
) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  other text;
  r record;
BEGIN
  FOR other IN SELECT x.approver FROM public.ledger_approver x WHERE x.agent = p_me.id LOOP
    SELECT * INTO r FROM ledger._rules(other, p_kind, p_currency, '');
    IF r.allowed AND r.person <> p_me.person AND r.trained AND p_amount <= r.ceiling
       AND ledger._given(p_root, r.purse, p_currency, r.within, p_at) + p_amount <= r.customer
       AND ledger._room('agent', other, r.purse, p_currency, r.period, ledger._begins(r.period, p_at, r.zone),
                        p_amount, r.budget, r.count) THEN
      RETURN true;
    END IF;
  END LOOP;
  RETURN false;
END
$body$
-- ;;
-- The request that is to be decided on, held, with the checks that approving and refusing share; and the entry about
-- it, so far as it is known.
CREATE OR REPLACE FUNCTION ledger._deciding(
  p_me public.ledger_agent, p_approval uuid, p_entry text,
  OUT asked public.ledger_approval, OUT e public.ledger_entry, OUT root uuid
) RETURNS record
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  requester public.ledger_agent;
  r record;
BEGIN
  SELECT a.* INTO asked FROM public.ledger_approval a WHERE a.id = p_approval;
  IF NOT FOUND THEN
    PERFORM ledger._refuse('no_request');
  END IF;
  root := ledger._hold_customer(asked.customer_id, asked.purse, asked.currency, 0);
  PERFORM ledger._hold_chain(p_me.id);
  SELECT a.* INTO STRICT asked FROM public.ledger_approval a WHERE a.id = p_approval FOR UPDATE;
  SELECT a.* INTO STRICT requester FROM public.ledger_agent a WHERE a.id = asked.requester;
  SELECT * INTO r FROM ledger._rules(p_me.id, asked.kind, asked.currency, asked.reason);
  e.at := ledger.clock();
  IF asked.state <> 'requested' THEN
    PERFORM ledger._refuse('no_request');
  ELSIF asked.expires_at <= e.at THEN
    PERFORM ledger._refuse('approval_expired');
  ELSIF requester.id = p_me.id OR requester.person = p_me.person THEN
    PERFORM ledger._refuse('self_approval');
  ELSIF NOT r.allowed OR NOT EXISTS (
    SELECT FROM public.ledger_approver x WHERE x.agent = requester.id AND x.approver = p_me.id
  ) THEN
    PERFORM ledger._refuse('not_approver');
  ELSIF NOT r.trained THEN
    PERFORM ledger._refuse('training_expired');
  END IF;
  SELECT gen_random_uuid(), p_me.id, p_entry, asked.conversation_id, asked.customer_id, asked.kind, asked.purse,
    asked.amount, asked.currency, asked.reason, asked.team, p_me.id, ledger._begins(r.period, e.at, r.zone),
    (ledger._held(asked)).team_begins, gen_random_uuid(), asked.id, r.policy
  INTO e.id, e.agent, e.entry, e.conversation_id, e.customer_id, e.kind, e.purse,
    e.amount, e.currency, e.reason, e.team, e.charged_to, e.period, e.team_period, e.key, e.approval_id, e.policy;
END
$body$
-- ;;
CREATE OR REPLACE FUNCTION ledger.approve(p_agent text, p_approval uuid, p_amount bigint, p_remark text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
AS $body$
DECLARE
  me public.ledger_agent := ledger._acting(p_agent);
  d record;
  e public.ledger_entry;
  r record;
  held record;
  short text;
BEGIN
  IF p_approval IS NULL OR p_remark IS NULL THEN
    PERFORM ledger._refuse('refused');
  END IF;
  SELECT * INTO d FROM ledger._deciding(me, p_approval, 'approve');
  e := d.e;
  SELECT * INTO r FROM ledger._rules(me.id, e.kind, e.currency, e.reason);
  IF p_amount IS NULL OR p_amount NOT BETWEEN 1 AND e.amount THEN
    PERFORM ledger._refuse('amount');
  ELSIF p_amount > r.ceiling THEN
    PERFORM ledger._refuse('over_ceiling');
  ELSIF ledger._given(d.root, e.purse, e.currency, r.within, e.at) + p_amount > r.customer THEN
    PERFORM ledger._refuse('over_customer_ceiling');
  END IF;
  e.policy := r.policy;
  short := ledger._charge('agent', me.id, e.purse, e.currency, r.period, e.period, p_amount, r.budget, r.count, true);
  IF short IS NOT NULL THEN
    PERFORM ledger._refuse('over_' || short);
  END IF;
  SELECT * INTO held FROM ledger._held(d.asked);
  IF held.team_begins IS NOT NULL AND p_amount < e.amount THEN
    PERFORM ledger._move('team', e.team, e.purse, e.currency, held.team_period, held.team_begins,
      0, p_amount - e.amount, 0, 0);
  END IF;
  UPDATE public.ledger_approval a
  SET state = 'approved', approver = me.id, granted = p_amount, approver_period = e.period, decided_at = e.at,
    expires_at = e.at + make_interval(secs => r.expires)
  WHERE a.id = p_approval;
  e.amount := p_amount;
  PERFORM ledger._append(e, '', p_remark);
END
$body$
-- ;;
CREATE OR REPLACE FUNCTION ledger.refuse(p_agent text, p_approval uuid, p_remark text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
AS $body$
DECLARE
  me public.ledger_agent := ledger._acting(p_agent);
  d record;
  e public.ledger_entry;
BEGIN
  IF p_approval IS NULL OR p_remark IS NULL THEN
    PERFORM ledger._refuse('refused');
  END IF;
  SELECT * INTO d FROM ledger._deciding(me, p_approval, 'refuse');
  e := d.e;
  PERFORM ledger._let_go(d.asked);
  UPDATE public.ledger_approval a SET state = 'refused', approver = me.id, decided_at = e.at WHERE a.id = p_approval;
  PERFORM ledger._append(e, '', p_remark);
END
$body$
-- ;;
-- Give back what one approval holds back, wherever it does.
CREATE OR REPLACE FUNCTION ledger._let_go(p_asked public.ledger_approval) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  held record;
BEGIN
  SELECT * INTO held FROM ledger._held(p_asked);
  IF p_asked.state = 'approved' THEN
    PERFORM ledger._move('agent', p_asked.approver, p_asked.purse, p_asked.currency, held.period, held.begins,
      0, -p_asked.granted, 0, -1);
  END IF;
  IF held.team_begins IS NOT NULL THEN
    PERFORM ledger._move('team', p_asked.team, p_asked.purse, p_asked.currency, held.team_period, held.team_begins,
      0, -coalesce(p_asked.granted, p_asked.amount), 0, -1);
  END IF;
END
$body$
-- ;;
CREATE OR REPLACE FUNCTION ledger.withdraw(p_agent text, p_approval uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
AS $body$
DECLARE
  me public.ledger_agent := ledger._acting(p_agent);
  asked public.ledger_approval;
BEGIN
  SELECT a.* INTO asked FROM public.ledger_approval a WHERE a.id = p_approval FOR UPDATE;
  IF NOT FOUND OR asked.state NOT IN ('requested', 'approved') THEN
    PERFORM ledger._refuse('no_request');
  ELSIF asked.requester <> me.id THEN
    PERFORM ledger._refuse('approval_mismatch');
  END IF;
  PERFORM ledger._let_go(asked);
  UPDATE public.ledger_approval a SET state = 'withdrawn' WHERE a.id = p_approval;
END
$body$
-- ;;
-- All that has expired and that nobody else is about to use; budgets in the one order in which they are locked.
CREATE OR REPLACE FUNCTION ledger.expire() RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
AS $body$
DECLARE
  ended uuid[];
  one record;
BEGIN
  PERFORM ledger._in_order();
  PERFORM ledger._working();
  SELECT array_agg(x.id) INTO ended FROM (
    SELECT a.id FROM public.ledger_approval a
    WHERE a.state IN ('requested', 'approved') AND a.expires_at <= ledger.clock() ORDER BY a.id
    FOR UPDATE SKIP LOCKED
  ) x;
  FOR one IN
    SELECT h.scope, h.holder, h.purse, h.currency, h.period, h.begins, sum(h.amount)::bigint AS amount,
      count(*) AS count
    FROM public.ledger_approval a CROSS JOIN LATERAL ledger._held(a) w CROSS JOIN LATERAL (VALUES
      ('agent', a.approver, a.purse, a.currency, w.period, w.begins, a.granted::bigint),
      ('team', a.team, a.purse, a.currency, w.team_period, w.team_begins, coalesce(a.granted, a.amount)::bigint)
    ) AS h (scope, holder, purse, currency, period, begins, amount)
    WHERE a.id = ANY (ended) AND h.begins IS NOT NULL
    GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 1, 2, 3, 4, 5, 6
  LOOP
    PERFORM ledger._move(one.scope, one.holder, one.purse, one.currency, one.period, one.begins,
      0, -one.amount, 0, -one.count);
  END LOOP;
  UPDATE public.ledger_approval a SET state = 'expired' WHERE a.id = ANY (ended);
  RETURN coalesce(array_length(ended, 1), 0);
END
$body$
