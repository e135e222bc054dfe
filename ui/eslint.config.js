import svelte from "eslint-plugin-svelte";
import { readdirSync } from "node:fs";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

// Dependencies run one way: shared <- features <- views <- app; only platform/tauri.ts knows Tauri.
const TAURI = {
  regex: "^@tauri-apps/",
  message: "Only platform/tauri.ts talks to Tauri.",
};
const BINDINGS = {
  regex: "bindings\\.gen$",
  allowTypeImports: true,
  message: "The values of the bindings are for platform/tauri.ts; import types only.",
};
const forbid = (regex, message) => ({ regex, message });
const restrict = (...patterns) => ({ "@typescript-eslint/no-restricted-imports": ["error", { patterns }] });

const features = readdirSync(new URL("./src/features", import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);
const aboveFeatures = forbid("/(views|app)/", "A feature knows no view and not the app.");

export default ts.config(
  { ignores: ["dist", "node_modules", "src/api/bindings.gen.ts"] },
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    rules: {
      "no-undef": "off",
      eqeqeq: "error",
      "no-console": ["error", { allow: ["warn", "error"] }],
      "svelte/no-at-html-tags": "error",
      "svelte/prefer-svelte-reactivity": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  { files: ["src/**"], rules: restrict(TAURI, BINDINGS) },
  { files: ["src/platform/tauri.ts"], rules: { "@typescript-eslint/no-restricted-imports": "off" } },
  {
    files: ["src/shared/**"],
    rules: restrict(
      TAURI,
      BINDINGS,
      forbid("/(features|views|app|platform|api)/", "shared knows no domain."),
    ),
  },
  ...features.map((name) => ({
    files: [`src/features/${name}/**`],
    ignores: ["**/*.test.ts"],
    rules: restrict(
      TAURI,
      BINDINGS,
      aboveFeatures,
      ...features
        .filter((other) => other !== name)
        .map((other) =>
          forbid(`(^|/)(features/)?${other}/`, "A feature imports no other feature; a view joins them."),
        ),
    ),
  })),
  {
    files: ["src/views/**"],
    ignores: ["**/*.test.ts"],
    rules: restrict(TAURI, BINDINGS, forbid("/app/", "A view knows nothing of the app around it.")),
  },
);
