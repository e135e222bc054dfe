// @vitest-environment node
// What the strict content security policy of the real window would refuse must not be in the build.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

const out = mkdtempSync(join(tmpdir(), "ui-build-"));
let page = "";
let code = "";
let styles = "";

beforeAll(() => {
  vi.useRealTimers();
  // As `npm run build` does it, outside this test's own environment.
  const { NODE_ENV: _, VITEST: __, ...env } = process.env;
  execFileSync(
    process.execPath,
    ["node_modules/vite/bin/vite.js", "build", "--outDir", out, "--logLevel", "error"],
    {
      env,
    },
  );
  const assets = readdirSync(join(out, "assets"));
  const read = (end: string) =>
    assets
      .filter((name) => name.endsWith(end))
      .map((name) => readFileSync(join(out, "assets", name), "utf8"))
      .join("\n");
  page = readFileSync(join(out, "index.html"), "utf8");
  code = read(".js");
  styles = read(".css");
}, 60_000);

afterAll(() => rmSync(out, { recursive: true }));

test("no letter of a sentence is replaced by how its neighbours look, since sentences hold data", () => {
  expect(styles).toMatch(/font-feature-settings:\s*"calt" 0,\s*"ss03",\s*"cv05"/);
  expect(styles).not.toMatch(/"calt"\s*[,;]/);
});

test("index.html has no script or style of its own, but an empty one for the nonce", () => {
  expect(page.split("<style></style>")).toHaveLength(2);
  expect(page.replace("<style></style>", "")).not.toMatch(/<style|\sstyle=|\son\w+=/);
  for (const script of page.match(/<script[^>]*>[\s\S]*?<\/script>/g) ?? []) {
    expect(script).toMatch(/^<script[^>]* src="[^"]+"[^>]*><\/script>$/);
  }
});

test("no template carries a style attribute, which would be blocked", () => {
  expect(code).not.toMatch(/<[a-z]+ [^<>`]*\bstyle=/);
});

test("no style asks what an element has in it: WebKit would look at the whole page again after every change", () => {
  expect(styles).not.toContain(":has(");
});

test("fonts are files, not data", () => {
  expect(styles).toContain(".woff2");
  expect(styles).not.toContain("data:");
  expect(readdirSync(join(out, "assets")).filter((name) => name.endsWith(".woff2"))).toHaveLength(2);
});

test("the program that lives in memory is not part of it, Tauri is", () => {
  expect(code).not.toContain("correct horse");
  expect(code).toContain("__TAURI_INTERNALS__");
});

test("nothing is fetched from elsewhere", () => {
  expect(styles).not.toMatch(/url\(["']?https?:/);
  expect(page).not.toMatch(/https?:/);
});
