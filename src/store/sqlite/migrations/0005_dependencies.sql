CREATE TABLE `dependency` (
	`parent` integer NOT NULL,
	`child` integer NOT NULL,
	PRIMARY KEY(`parent`, `child`)
) WITHOUT ROWID;
