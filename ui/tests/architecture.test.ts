// The rules of who may know whom are lint rules; here they are tried on what they must refuse.
import { ESLint } from "eslint";
import { beforeAll, expect, test, vi } from "vitest";

let eslint: ESLint;

beforeAll(() => {
  eslint = new ESLint();
});

async function refused(filePath: string, code: string): Promise<boolean> {
  vi.useRealTimers();
  const [result] = await eslint.lintText(code, { filePath });
  return (result?.messages ?? []).some((message) => message.ruleId?.includes("no-restricted-imports"));
}

const importing = (from: string) => `import { x } from "${from}";\nexport const y = x;\n`;

test.each([
  ["src/features/inspect/a.ts", "@tauri-apps/api/core", "only one file talks to Tauri"],
  ["src/app/a.ts", "@tauri-apps/api/core", "only one file talks to Tauri"],
  ["src/platform/fake.ts", "../api/bindings.gen", "the values of the bindings are for one file"],
  ["src/features/inspect/a.ts", "../users/users.svelte", "a feature imports no other feature"],
  ["src/features/inspect/a.ts", "../../views/InspectView.svelte", "a feature knows no view"],
  ["src/features/inspect/a.ts", "../../app/bindings", "a feature knows not the app"],
  ["src/shared/controls/a.ts", "../../features/users/users.svelte", "shared knows no domain"],
  ["src/shared/controls/a.ts", "../../platform/host", "shared knows no domain"],
  ["src/views/a.ts", "../app/bindings", "a view knows not the app"],
])("%s may not import %s: %s", async (file, from) => {
  expect(await refused(file, importing(from))).toBe(true);
});

test.each([
  ["src/platform/tauri.ts", "../api/bindings.gen"],
  ["src/features/inspect/a.ts", "../../shared/time/format"],
  ["src/features/inspect/a.ts", "./links"],
  ["src/views/a.ts", "../features/users/users.svelte"],
])("%s may import %s", async (file, from) => {
  expect(await refused(file, importing(from))).toBe(false);
});

test("types of the bindings may be imported anywhere above shared", async () => {
  const code = 'import type { Report } from "../../api/bindings.gen";\nexport type Y = Report;\n';
  expect(await refused("src/features/inspect/a.ts", code)).toBe(false);
});

test("a key is named as it is bound, so that it looks the same everywhere", () => {
  const sources = import.meta.glob<string>("../src/**/*.svelte", {
    query: "?raw",
    import: "default",
    eager: true,
  });
  const keys = Object.values(sources).flatMap((source) => source.match(/\bkey="[^"]+"/g) ?? []);
  expect(keys).toContain('key="Ctrl+Enter"');
  expect(keys.filter((key) => key.includes(" "))).toEqual([]);
});

test("markup can never come from data", async () => {
  vi.useRealTimers();
  const [result] = await eslint.lintText(
    '<script lang="ts">let { a }: { a: string } = $props();</script>{@html a}',
    {
      filePath: "src/features/inspect/A.svelte",
    },
  );
  expect(result?.messages.some((message) => message.ruleId === "svelte/no-at-html-tags")).toBe(true);
});
