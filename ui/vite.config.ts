/// <reference types="vitest/config" />
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vite";

// The window's content security policy allows scripts, styles and fonts only as files of their own:
// nothing may be inlined, neither as data: addresses nor into index.html.
export default defineConfig({
  plugins: [svelte(), svelteTesting()],
  clearScreen: false,
  server: { port: 5173, strictPort: true },
  build: {
    target: ["safari17", "chrome123"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
  },
  test: {
    environment: "happy-dom",
    setupFiles: ["./tests/setup.ts"],
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
    testTimeout: 20_000,
    // A module is loaded once, not once for each file of tests: nothing keeps state outside of what a test opens.
    pool: "threads",
    isolate: false,
    env: { DEBUG_PRINT_LIMIT: "0" },
  },
});
