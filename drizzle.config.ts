import { defineConfig } from 'drizzle-kit';

// `npx drizzle-kit generate` writes the next migration. Its SQL is read and committed; a released one is never edited.
export default defineConfig({
  dialect: 'sqlite',
  schema: './src/store/sqlite/schema.ts',
  out: './src/store/sqlite/migrations',
});
