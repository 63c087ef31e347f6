CREATE TABLE `attempt` (
	`task_seq` integer NOT NULL,
	`attempt` integer NOT NULL,
	`pool` integer NOT NULL,
	`server_epoch` integer NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`outcome` integer,
	PRIMARY KEY(`task_seq`, `attempt`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE UNIQUE INDEX `attempt_live` ON `attempt` (`task_seq`) WHERE ended_at IS NULL;--> statement-breakpoint
CREATE TABLE `counter` (
	`status` integer NOT NULL,
	`type` integer NOT NULL,
	`region` integer NOT NULL,
	`count` integer NOT NULL,
	PRIMARY KEY(`status`, `type`, `region`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `idempotency` (
	`task_seq` integer PRIMARY KEY NOT NULL,
	`tenant` integer NOT NULL,
	`key` text NOT NULL,
	`fingerprint` text NOT NULL,
	`at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `idempotency_key` ON `idempotency` (`tenant`,`key`);--> statement-breakpoint
CREATE TABLE `link` (
	`last_seq` integer PRIMARY KEY NOT NULL,
	`hash` blob NOT NULL
);
--> statement-breakpoint
CREATE TABLE `log` (
	`seq` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`type` integer NOT NULL,
	`task_seq` integer,
	`prev` integer,
	`details` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `log_terminal` ON `log` (`task_seq`) WHERE type IN (7, 8, 9);--> statement-breakpoint
CREATE INDEX `log_system` ON `log` (`seq`) WHERE task_seq IS NULL;--> statement-breakpoint
CREATE TABLE `pool` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL,
	`version` integer NOT NULL,
	`spec` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `pool_name_unique` ON `pool` (`name`);--> statement-breakpoint
CREATE TABLE `probe` (
	`id` integer PRIMARY KEY NOT NULL,
	`filling` blob NOT NULL
);
--> statement-breakpoint
CREATE TABLE `removed_task` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` blob NOT NULL,
	`version` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `removed_task_version` ON `removed_task` (`version`);--> statement-breakpoint
CREATE TABLE `simulation` (
	`id` text PRIMARY KEY NOT NULL,
	`input` text NOT NULL,
	`tasks_created` integer NOT NULL,
	`task_count` integer NOT NULL,
	`start_time` integer NOT NULL,
	`end_time` integer,
	`status` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `strategy_epoch` (
	`epoch` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`params` text NOT NULL,
	`seed` integer NOT NULL,
	`since` integer NOT NULL,
	`by` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `symbol` (
	`code` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `symbol_name_unique` ON `symbol` (`name`);--> statement-breakpoint
CREATE TABLE `task` (
	`seq` integer PRIMARY KEY NOT NULL,
	`id` blob NOT NULL,
	`status` integer NOT NULL,
	`tenant` integer NOT NULL,
	`type` integer NOT NULL,
	`priority` integer NOT NULL,
	`cost` real NOT NULL,
	`region` integer,
	`slots` integer NOT NULL,
	`timeout_ms` integer NOT NULL,
	`max_attempts` integer NOT NULL,
	`rare` text,
	`metadata` text,
	`payload` text,
	`initiated_by` integer NOT NULL,
	`enqueued_at` integer NOT NULL,
	`ready_at` integer,
	`due_at` integer,
	`version` integer NOT NULL,
	`attempt` integer DEFAULT 0 NOT NULL,
	`attempts_used` integer DEFAULT 0 NOT NULL,
	`started_at` integer,
	`completed_at` integer,
	`pool` integer,
	`handled_by` integer,
	`algorithm_used` integer,
	`actual_cost` real,
	`result` text,
	`error` text,
	`cancel_requested_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `task_id` ON `task` (`id`);--> statement-breakpoint
CREATE INDEX `task_status` ON `task` (`status`);--> statement-breakpoint
CREATE INDEX `task_completed_at` ON `task` (`completed_at`) WHERE completed_at IS NOT NULL;--> statement-breakpoint
CREATE TABLE `task_type` (
	`name` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`spec` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `total` (
	`one` integer PRIMARY KEY NOT NULL,
	`server_epoch` integer NOT NULL,
	`last_seq` integer NOT NULL,
	`log_floor` integer NOT NULL,
	`completed_ever` integer NOT NULL,
	`failed_ever` integer NOT NULL,
	`cancelled_ever` integer NOT NULL,
	`completed_run_ms` integer NOT NULL,
	`cost_ever` real NOT NULL
);
