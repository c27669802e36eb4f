"""What the console speaks of, as frozen dataclasses without any I/O.

Times are aware ``datetime`` in UTC. Money is an integer of minor units with an ISO 4217 code.
Identifiers are UUIDv7 (:func:`agentconsole.model.ids.new_id`).
"""
