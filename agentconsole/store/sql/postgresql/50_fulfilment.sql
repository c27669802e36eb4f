-- How what was granted gets to the customer. `first_wire_at` is not null from the moment on at which a request that may
-- have arrived went out, until it is certain that it did not; what is queued, failed or cancelled never has one.
-- While something is being sent, `not_before` is when it was claimed: a first_wire_at before it is an earlier
-- try's, which has to hold within one tick of the clock, too.

-- Who may work here: an agent, a service that only hands over, or who set up the desk.
CREATE OR REPLACE FUNCTION ledger._working() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  who text := ledger.me();
BEGIN
  IF who IS NULL AND (ledger._owns() OR EXISTS (
    SELECT FROM pg_roles r
    WHERE r.rolname = current_database() || '_sync' AND pg_has_role(session_user, r.oid, 'MEMBER')
  )) THEN
    who := session_user::text;
  END IF;
  IF who IS NULL THEN
    PERFORM ledger._refuse('unknown_agent');
  END IF;
  RETURN who;
END
$body$
-- ;;
-- Whether a claim or a sweep would find something: a look that locks nobody out.
CREATE OR REPLACE FUNCTION ledger.fulfil_due(p_known integer, p_lease integer) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  at_ timestamptz := ledger.clock();
BEGIN
  PERFORM ledger._working();
  RETURN EXISTS (
    SELECT FROM public.ledger_fulfilment f
    WHERE f.state NOT IN ('done', 'cancelled') AND f.how = 'shop' AND (
      (f.state = 'sending' AND f.lease_until < at_)
      OR (f.state IN ('queued', 'unknown') AND f.not_before <= at_
        AND (f.first_wire_at IS NULL OR f.first_wire_at + make_interval(secs => p_known - p_lease) > at_))
    )
  );
END
$body$
-- ;;
-- The name under which a lease is held: a console's own, and its login. So nobody says that somebody else's order was
-- not taken, which then could be voided, while it is on its way.
CREATE OR REPLACE FUNCTION ledger._holder(p_holder text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
  SELECT quote_ident(session_user::text) || ' ' || p_holder
$body$
-- ;;
-- Take the next order that is due, with a new attempt and a lease of p_lease seconds. What may have arrived is asked
-- again only where the whole lease falls within the p_known seconds for which the shop knows its key.
CREATE OR REPLACE FUNCTION ledger.fulfil_claim(p_holder text, p_known integer, p_lease integer)
RETURNS TABLE (
  entry_id uuid, attempt bigint, queued_at timestamptz, kind text, amount bigint, currency text, reason text,
  customer_id uuid, conversation_id uuid, number bigint, asked boolean
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
AS $body$
#variable_conflict use_column
DECLARE
  at_ timestamptz := ledger.clock();
  taken uuid;
BEGIN
  PERFORM ledger._in_order();
  PERFORM ledger._working();
  IF p_holder IS NULL OR p_known IS NULL OR p_lease IS NULL OR p_lease NOT BETWEEN 1 AND 3600 THEN
    PERFORM ledger._refuse('refused');
  END IF;
  UPDATE public.ledger_fulfilment f
  SET state = 'sending', attempt = f.attempt + 1, wire = false, lease_by = ledger._holder(p_holder),
    lease_until = at_ + make_interval(secs => p_lease), ended_at = NULL, ended_by = NULL,
    not_before = greatest(at_, f.first_wire_at + interval '1 microsecond')
  WHERE f.entry_id = (
    SELECT d.entry_id FROM public.ledger_fulfilment d
    WHERE d.state NOT IN ('done', 'cancelled') AND d.how = 'shop' AND d.state IN ('queued', 'unknown')
      AND d.not_before <= at_
      AND (d.first_wire_at IS NULL OR d.first_wire_at + make_interval(secs => p_known - p_lease) > at_)
    ORDER BY d.not_before, d.queued_at, d.entry_id LIMIT 1 FOR UPDATE SKIP LOCKED
  )
  RETURNING f.entry_id INTO taken;
  RETURN QUERY
    SELECT e.id, f.attempt::bigint, f.queued_at, e.kind, e.amount::bigint, e.currency, e.reason, e.customer_id,
      e.conversation_id, c.number::bigint, f.first_wire_at IS NOT NULL
    FROM public.ledger_entry e
    JOIN public.ledger_fulfilment f ON f.entry_id = e.id
    JOIN public.conversation c ON c.id = e.conversation_id
    WHERE e.id = taken;
END
$body$
-- ;;
-- Note that the point of no return is next; false: the lease is not theirs any more, or too short for p_margin seconds.
CREATE OR REPLACE FUNCTION ledger.fulfil_wire(p_entry uuid, p_attempt bigint, p_holder text, p_margin integer)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
AS $body$
DECLARE
  at_ timestamptz := ledger.clock();
BEGIN
  PERFORM ledger._in_order();
  PERFORM ledger._working();
  UPDATE public.ledger_fulfilment f SET wire = true, first_wire_at = coalesce(f.first_wire_at, at_)
  WHERE f.entry_id = p_entry AND f.state = 'sending' AND f.attempt = p_attempt
    AND f.lease_by = ledger._holder(p_holder)
    AND f.lease_until > at_ + make_interval(secs => p_margin);
  RETURN FOUND;
END
$body$
-- ;;
-- What came of an attempt: 'done', 'failed', 'later' or 'unknown', tried again in p_wait seconds where that is to be.
-- Answers the state it has now, or null where the attempt is over and nothing was written. 'done' is taken late, too;
-- where it comes after a void, 'cancelled' is answered.
CREATE OR REPLACE FUNCTION ledger.fulfil_end(
  p_entry uuid, p_attempt bigint, p_holder text, p_outcome text, p_said text, p_reference text, p_wait double precision
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
AS $body$
DECLARE
  at_ timestamptz := ledger.clock();
  who text;
  f public.ledger_fulfilment;
  earlier boolean;
  next_ text;
BEGIN
  PERFORM ledger._in_order();
  who := ledger._working();
  IF p_entry IS NULL OR p_attempt IS NULL OR p_holder IS NULL OR p_said IS NULL OR p_reference IS NULL
    OR p_wait IS NULL OR p_wait NOT BETWEEN 0 AND 172800
    OR p_outcome IS NULL OR p_outcome NOT IN ('done', 'failed', 'later', 'unknown') THEN
    PERFORM ledger._refuse('refused');
  END IF;
  SELECT * INTO f FROM public.ledger_fulfilment x WHERE x.entry_id = p_entry AND x.how = 'shop' FOR UPDATE;
  IF NOT FOUND OR p_attempt NOT BETWEEN 1 AND f.attempt OR f.state IN ('done', 'cancelled') THEN
    RETURN CASE WHEN p_outcome = 'done' THEN nullif(f.state, 'done') END;
  END IF;
  IF p_outcome <> 'done'
    AND (f.state <> 'sending' OR f.attempt <> p_attempt OR f.lease_by <> ledger._holder(p_holder)) THEN
    RETURN NULL;
  END IF;
  earlier := f.first_wire_at IS NOT NULL AND f.first_wire_at < f.not_before;
  next_ := CASE p_outcome
    WHEN 'done' THEN 'done'
    WHEN 'failed' THEN CASE WHEN earlier THEN 'unknown' ELSE 'failed' END
    WHEN 'later' THEN CASE WHEN earlier THEN 'unknown' ELSE 'queued' END
    ELSE CASE WHEN f.first_wire_at IS NULL THEN 'queued' ELSE 'unknown' END  -- a fault before anything was sent
  END;
  UPDATE public.ledger_fulfilment x
  SET state = next_, lease_by = NULL, lease_until = NULL, wire = false,
    first_wire_at = CASE WHEN next_ IN ('queued', 'failed') THEN NULL ELSE f.first_wire_at END,
    not_before = at_ + make_interval(secs => p_wait),
    ended_at = CASE WHEN next_ IN ('done', 'failed') THEN at_ END,
    ended_by = CASE WHEN next_ IN ('done', 'failed') THEN who END,
    reference = CASE WHEN next_ = 'done' THEN left(p_reference, 200) ELSE f.reference END,
    error = CASE WHEN next_ = 'done' THEN '' ELSE left(p_said, 500) END
  WHERE x.entry_id = p_entry;
  RETURN next_;
END
$body$
-- ;;
-- Take back what its holder let lapse; answers what it is now.
CREATE OR REPLACE FUNCTION ledger.fulfil_sweep(p_said text)
RETURNS TABLE (entry_id uuid, state text, conversation_id uuid)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
AS $body$
#variable_conflict use_column
DECLARE
  at_ timestamptz := ledger.clock();
BEGIN
  PERFORM ledger._in_order();
  PERFORM ledger._working();
  RETURN QUERY
    WITH swept AS (
      UPDATE public.ledger_fulfilment f
      SET state = CASE WHEN f.first_wire_at IS NULL THEN 'queued' ELSE 'unknown' END,
        error = CASE WHEN f.first_wire_at IS NULL THEN f.error ELSE left(coalesce(p_said, ''), 500) END,
        wire = false, lease_by = NULL, lease_until = NULL
      WHERE f.state = 'sending' AND f.lease_until < at_
      RETURNING f.entry_id, f.state
    )
    SELECT s.entry_id, s.state, e.conversation_id FROM swept s JOIN public.ledger_entry e ON e.id = s.entry_id;
END
$body$
-- ;;
-- A person's decision: 'done' (p_words: its reference), 'again', or 'give_up' (p_words: why). That what may have been
-- given was not is for a supervisor to say who is not who granted it: it could be voided then. So is asking again where
-- the shop may have forgotten its key, p_known seconds after the first request: it may give it twice. Whoever says
-- another p_known moves no first_wire_at but as such a supervisor.
-- Answers the state it has now, or null where there is nothing to decide.
CREATE OR REPLACE FUNCTION ledger.fulfil_choose(
  p_agent text, p_entry uuid, p_choice text, p_words text, p_known integer
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '5s'
AS $body$
DECLARE
  at_ timestamptz := ledger.clock();
  me public.ledger_agent := ledger._acting(p_agent);
  f public.ledger_fulfilment;
  next_ text;
  forgotten boolean;
BEGIN
  IF p_entry IS NULL OR p_choice IS NULL OR p_words IS NULL OR p_known IS NULL THEN
    PERFORM ledger._refuse('refused');
  END IF;
  SELECT * INTO f FROM public.ledger_fulfilment x WHERE x.entry_id = p_entry AND x.how <> 'voucher' FOR UPDATE;
  IF NOT FOUND THEN
    PERFORM ledger._refuse('no_entry');
  END IF;
  next_ := CASE
    WHEN p_choice = 'done' AND f.state IN ('queued', 'unknown', 'failed') THEN 'done'
    WHEN p_choice = 'again' AND (f.state = 'failed' OR (f.state = 'queued' AND f.how = 'shop')) THEN 'queued'
    WHEN p_choice = 'again' AND f.state = 'unknown' THEN 'unknown'
    WHEN p_choice = 'give_up' AND (f.state = 'unknown' OR (f.state = 'queued' AND f.how = 'task')) THEN 'failed'
  END;
  IF next_ IS NULL THEN
    RETURN NULL;
  END IF;
  forgotten := f.state = 'unknown' AND f.first_wire_at + make_interval(secs => p_known) <= at_;
  IF (p_choice = 'give_up' AND f.state = 'unknown') OR (p_choice = 'again' AND forgotten) THEN
    IF NOT me.supervisor THEN
      PERFORM ledger._refuse('not_supervisor');
    END IF;
    IF EXISTS (
      SELECT FROM public.ledger_entry e JOIN public.ledger_agent a ON a.id = e.agent
      WHERE e.id = p_entry AND a.person = me.person
    ) THEN
      PERFORM ledger._refuse('self_void');
    END IF;
  END IF;
  UPDATE public.ledger_fulfilment x
  SET state = next_, wire = false,
    first_wire_at = CASE
      WHEN next_ = 'unknown' AND forgotten THEN at_
      WHEN next_ IN ('unknown', 'done') THEN f.first_wire_at
    END,
    not_before = CASE WHEN p_choice = 'again' THEN at_ ELSE f.not_before END,
    queued_at = CASE WHEN p_choice = 'again' THEN at_ ELSE f.queued_at END,
    ended_at = CASE WHEN p_choice <> 'again' THEN at_ END,
    ended_by = CASE WHEN p_choice <> 'again' THEN me.id END,
    reference = CASE WHEN p_choice = 'done' THEN left(p_words, 200) ELSE f.reference END,
    error = CASE p_choice WHEN 'done' THEN '' WHEN 'give_up' THEN left(p_words, 500) ELSE f.error END
  WHERE x.entry_id = p_entry;
  RETURN next_;
END
$body$
-- ;;
-- What was granted and is not with its customer, the oldest first: for everybody who works here, whoever granted it.
CREATE OR REPLACE FUNCTION ledger.unfulfilled()
RETURNS TABLE (
  entry_id uuid, how text, state text, attempt bigint, first_wire_at timestamptz, queued_at timestamptz,
  not_before timestamptz, error text, agent text, kind text, amount bigint, currency text, reason text, at timestamptz,
  conversation_id uuid, number bigint, customer text
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
#variable_conflict use_column
BEGIN
  PERFORM ledger._working();
  RETURN QUERY
    SELECT f.entry_id, f.how, f.state, f.attempt::bigint, f.first_wire_at, f.queued_at, f.not_before, f.error,
      e.agent, e.kind, e.amount::bigint, e.currency, e.reason, e.at, e.conversation_id, c.number::bigint, u.name
    FROM public.ledger_fulfilment f
    JOIN public.ledger_entry e ON e.id = f.entry_id
    JOIN public.conversation c ON c.id = e.conversation_id
    JOIN public.customer u ON u.id = e.customer_id
    WHERE f.state NOT IN ('done', 'cancelled')
    ORDER BY e.at, f.entry_id;
END
$body$
-- ;;
-- How many codes there are of what: numbers for everybody, codes for nobody.
CREATE OR REPLACE FUNCTION ledger.voucher_stock()
RETURNS TABLE (
  pool text, amount bigint, currency text, free bigint, given bigint, burnt bigint, expired bigint, soonest date
)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
#variable_conflict use_column
DECLARE
  today date := (ledger.clock() AT TIME ZONE coalesce((SELECT s.zone FROM public.ledger_setting s), 'UTC'))::date;
BEGIN
  PERFORM ledger._working();
  RETURN QUERY
    SELECT v.pool, v.amount::bigint, v.currency,
      count(*) FILTER (WHERE v.entry_id IS NULL AND NOT v.burnt AND coalesce(v.expires >= today, true)),
      count(*) FILTER (WHERE v.entry_id IS NOT NULL AND NOT v.burnt),
      count(*) FILTER (WHERE v.burnt),
      count(*) FILTER (WHERE v.entry_id IS NULL AND NOT v.burnt AND v.expires < today),
      min(v.expires) FILTER (WHERE v.entry_id IS NULL AND NOT v.burnt AND v.expires >= today)
    FROM public.ledger_voucher v
    GROUP BY v.pool, v.currency, v.amount
    ORDER BY v.pool, v.currency, v.amount;
END
$body$
-- ;;
-- Which of these codes a pool has already, for who fills it.
CREATE OR REPLACE FUNCTION ledger.voucher_known(p_pool text, p_codes text[]) RETURNS SETOF text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $body$
DECLARE
  who text := ledger._working();
BEGIN
  IF p_pool IS NULL OR p_codes IS NULL THEN
    PERFORM ledger._refuse('refused');
  END IF;
  IF NOT ledger._owns()
    AND NOT EXISTS (SELECT FROM public.ledger_agent a WHERE a.id = who AND a.active AND a.supervisor) THEN
    PERFORM ledger._refuse('not_supervisor');
  END IF;
  RETURN QUERY SELECT v.code FROM public.ledger_voucher v WHERE v.pool = p_pool AND v.code = ANY (p_codes);
END
$body$
