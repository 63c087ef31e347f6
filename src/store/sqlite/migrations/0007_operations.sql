CREATE TABLE `operation` (
	`id` text PRIMARY KEY NOT NULL,
	`tenant` text,
	`key` text,
	`start_time` integer NOT NULL,
	`status` text NOT NULL,
	`rest` text NOT NULL
);
--> statement-breakpoint
CREATE INDEX `operation_key` ON `operation` (`key`);