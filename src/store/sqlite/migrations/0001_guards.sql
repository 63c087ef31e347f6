-- Written by hand. A terminal status is absorbing (3 completed, 4 failed, 5 cancelled): the database refuses to leave it, whatever asks.
CREATE TRIGGER `task_terminal_is_absorbing` BEFORE UPDATE OF `status` ON `task`
WHEN old.status >= 3
BEGIN
	SELECT RAISE(ABORT, 'a terminal status is absorbing');
END;
--> statement-breakpoint
INSERT INTO `total` (`one`, `server_epoch`, `last_seq`, `log_floor`, `completed_ever`, `failed_ever`, `cancelled_ever`, `completed_run_ms`, `cost_ever`)
VALUES (1, 0, 0, 1, 0, 0, 0, 0, 0);
--> statement-breakpoint
-- "TRX1": what `file` and the recovery tools of SQLite show.
PRAGMA application_id = 1414682673;
