-- What watches over the desk's own tables, apart from the ledger: functions for triggers and policies.
CREATE SCHEMA IF NOT EXISTS desk
