/// <reference types="vitest/config" />
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig, type Plugin } from "vite";

interface IconData {
  node: [tag: string, attributes: Record<string, string>][];
}

/** Lucide builds each icon from data as it is shown. Written out as markup, the first picture is ready sooner. */
const iconsAsMarkup: Plugin = {
  name: "icons-as-markup",
  enforce: "pre",
  transform(code, id) {
    if (!/@lucide\/svelte\/dist\/icons\/[\w-]+\.svelte$/.test(id)) return;
    const data = /const iconData = (\{.*\});/.exec(code)?.[1];
    if (!data) throw new Error(`${id} holds no icon`);
    const { node } = JSON.parse(data) as IconData;
    const drawn = node.map(([tag, attributes]) => {
      const written = Object.entries(attributes).map(([attribute, value]) => ` ${attribute}="${value}"`);
      return `<${tag}${written.join("")} />`;
    });
    return {
      code: `<script>
  let { size = 24, strokeWidth = 2, ...rest } = $props();
</script>
<svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width={strokeWidth}
  stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" {...rest}>${drawn.join("")}</svg>`,
      map: null,
    };
  },
};

// The window's content security policy allows scripts, styles and fonts only as files of their own:
// nothing may be inlined, neither as data: addresses nor into index.html.
export default defineConfig({
  plugins: [iconsAsMarkup, svelte(), svelteTesting()],
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
