ALTER TABLE `attempt` ADD `node` integer;--> statement-breakpoint
ALTER TABLE `task` ADD `node` integer;