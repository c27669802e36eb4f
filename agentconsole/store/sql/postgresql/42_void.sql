-- Voids and reveals: about a grant. Both hold its customer, so that neither happens while the other does.
CREATE OR REPLACE FUNCTION ledger.void(
  p_agent text, p_key uuid, p_entry uuid, p_remark text, OUT written uuid, OUT replayed boolean
) RETURNS record
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
AS $body$
DECLARE
  me public.ledger_agent := ledger._acting(p_agent);
  g public.ledger_entry;
  before public.ledger_entry;
  e public.ledger_entry;
  sent public.ledger_fulfilment;
  revealed boolean;
  grace bigint;
BEGIN
  IF p_key IS NULL OR p_entry IS NULL OR p_remark IS NULL THEN
    PERFORM ledger._refuse('refused');
  END IF;
  SELECT x.* INTO g FROM public.ledger_entry x WHERE x.id = p_entry AND x.entry = 'grant';
  IF NOT FOUND THEN
    PERFORM ledger._refuse('no_entry');
  END IF;
  PERFORM ledger._hold_customer(g.customer_id, g.purse, g.currency, 0);
  PERFORM ledger._hold_chain(me.id);
  SELECT x.* INTO before FROM public.ledger_entry x WHERE x.agent = me.id AND x.key = p_key;
  IF FOUND AND (before.entry <> 'void' OR before.refers <> p_entry OR EXISTS (
    SELECT FROM public.ledger_text t WHERE t.entry_id = before.id AND t.remark <> p_remark
  )) THEN
    PERFORM ledger._refuse('duplicate');
  ELSIF FOUND THEN
    written := before.id;
    replayed := true;
    RETURN;
  END IF;
  SELECT s.grace, s.policy INTO STRICT grace, e.policy FROM public.ledger_setting s;
  e.at := ledger.clock();
  revealed := EXISTS (SELECT FROM public.ledger_entry x WHERE x.refers = g.id AND x.entry = 'reveal');
  IF EXISTS (SELECT FROM public.ledger_entry x WHERE x.refers = g.id AND x.entry = 'void') THEN
    PERFORM ledger._refuse('voided');
  ELSIF g.agent = me.id AND e.at > g.at + make_interval(secs => grace) THEN
    PERFORM ledger._refuse('grace_over');
  ELSIF g.agent = me.id AND revealed THEN
    PERFORM ledger._refuse('revealed');
  ELSIF g.agent <> me.id AND NOT me.supervisor THEN
    PERFORM ledger._refuse('not_supervisor');
  ELSIF g.agent <> me.id AND me.person = (SELECT a.person FROM public.ledger_agent a WHERE a.id = g.agent) THEN
    PERFORM ledger._refuse('self_void');
  END IF;
  SELECT me.id, gen_random_uuid(), 'void', g.conversation_id, g.customer_id, g.kind, g.purse, g.amount, g.currency,
    g.reason, g.team, g.charged_to, g.period, g.team_period, p_key, g.id
  INTO e.agent, e.id, e.entry, e.conversation_id, e.customer_id, e.kind, e.purse, e.amount, e.currency,
    e.reason, e.team, e.charged_to, e.period, e.team_period, e.key, e.refers;
  PERFORM ledger._give_back(g);
  SELECT f.* INTO sent FROM public.ledger_fulfilment f WHERE f.entry_id = g.id FOR UPDATE;
  IF sent.first_wire_at IS NOT NULL OR sent.how <> 'voucher' AND sent.state NOT IN ('queued', 'failed') THEN
    PERFORM ledger._refuse('fulfilled');
  END IF;
  PERFORM ledger._append(e, '', p_remark);
  UPDATE public.ledger_fulfilment f
  SET state = 'cancelled', ended_at = e.at, ended_by = me.id, wire = false, lease_by = NULL, lease_until = NULL
  WHERE f.entry_id = g.id;
  UPDATE public.ledger_voucher v
  SET burnt = revealed, entry_id = CASE WHEN revealed THEN v.entry_id END
  WHERE v.entry_id = g.id;
  written := e.id;
  replayed := false;
END
$body$
-- ;;
-- To the budgets that a grant was charged to, in the periods in which it was.
CREATE OR REPLACE FUNCTION ledger._give_back(g public.ledger_entry) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  asked public.ledger_approval;
  held record;
BEGIN
  PERFORM ledger._hold_customer(g.customer_id, g.purse, g.currency, -g.amount);
  IF g.approval_id IS NOT NULL THEN
    SELECT a.* INTO STRICT asked FROM public.ledger_approval a WHERE a.id = g.approval_id;
    SELECT * INTO held FROM ledger._held(asked);
  ELSE
    SELECT ledger._agents_period(g.policy, g.charged_to, g.currency, g.kind) AS period,
      ledger._teams_period(g.policy, g.team, g.currency, g.purse) AS team_period INTO held;
  END IF;
  PERFORM ledger._move('agent', g.charged_to, g.purse, g.currency, held.period, g.period, -g.amount, 0, -1, 0);
  IF g.team_period IS NOT NULL THEN
    PERFORM ledger._move('team', g.team, g.purse, g.currency, held.team_period, g.team_period, -g.amount, 0, -1, 0);
  END IF;
END
$body$
-- ;;
-- A code is shown by a transaction after the one that wrote its reveal. That one is known by its own number, which all
-- savepoints within it share; a row of any other that can be seen at all is committed, whatever becomes of this one.
-- pg_xact_status() would say the same here, and wrong things of a desk that was restored on another server.
CREATE OR REPLACE FUNCTION ledger.reveal(
  p_agent text, p_entry uuid, OUT code text, OUT amount bigint, OUT currency text, OUT expires date
) RETURNS record
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
AS $body$
DECLARE
  me public.ledger_agent := ledger._acting(p_agent);
  g public.ledger_entry;
  e public.ledger_entry;
  v public.ledger_voucher;
  noted ledger.shown;
BEGIN
  SELECT x.* INTO g FROM public.ledger_entry x
  WHERE x.id = p_entry AND x.entry = 'grant' AND (x.agent = me.id OR me.supervisor);
  IF NOT FOUND THEN
    PERFORM ledger._refuse('no_entry');
  END IF;
  PERFORM ledger._hold_customer(g.customer_id, g.purse, g.currency, 0);
  PERFORM ledger._hold_chain(me.id);
  SELECT x.* INTO v FROM public.ledger_voucher x WHERE x.entry_id = g.id;
  IF EXISTS (SELECT FROM public.ledger_entry x WHERE x.refers = g.id AND x.entry = 'void') THEN
    PERFORM ledger._refuse('voided');
  ELSIF v.code IS NULL THEN
    PERFORM ledger._refuse('no_code');
  END IF;
  SELECT s.* INTO noted FROM public.ledger_entry x JOIN ledger.shown s ON s.entry_id = x.id
  WHERE x.refers = g.id AND x.entry = 'reveal' AND x.agent = me.id;
  IF FOUND THEN
    IF noted.xid <> pg_current_xact_id() THEN
      SELECT v.code, v.amount, v.currency, v.expires INTO code, amount, currency, expires;
    END IF;
    RETURN;
  END IF;
  e.at := ledger.clock();
  SELECT me.id, gen_random_uuid(), 'reveal', g.conversation_id, g.customer_id, g.kind, g.purse, g.amount, g.currency,
    g.reason, g.team, g.charged_to, g.period, g.team_period, gen_random_uuid(), g.id,
    (SELECT s.policy FROM public.ledger_setting s)
  INTO e.agent, e.id, e.entry, e.conversation_id, e.customer_id, e.kind, e.purse, e.amount, e.currency,
    e.reason, e.team, e.charged_to, e.period, e.team_period, e.key, e.refers, e.policy;
  PERFORM ledger._append(e, '', '');
  INSERT INTO ledger.shown (entry_id, xid) VALUES (e.id, pg_current_xact_id());
END
$body$
