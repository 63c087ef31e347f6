CREATE TABLE `spend` (
	`hour` integer NOT NULL,
	`tenant` integer NOT NULL,
	`micros` integer NOT NULL,
	PRIMARY KEY(`hour`, `tenant`)
) WITHOUT ROWID;
--> statement-breakpoint
CREATE TABLE `tenant` (
	`name` text PRIMARY KEY NOT NULL,
	`version` integer NOT NULL,
	`spec` text NOT NULL
);
