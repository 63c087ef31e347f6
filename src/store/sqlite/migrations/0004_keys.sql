CREATE TABLE `api_key` (
	`prefix` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`hash` text NOT NULL,
	`role` text NOT NULL,
	`tenant` text,
	`pool` text,
	`created_at` integer NOT NULL,
	`created_by` text NOT NULL,
	`expires_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `api_key_name_unique` ON `api_key` (`name`);