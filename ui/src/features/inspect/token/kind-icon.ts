// The icon of a text that is not a JWT, by its name. Shape only: it is neither accepted nor refused.
import Cookie from "@lucide/svelte/icons/cookie";
import FileQuestion from "@lucide/svelte/icons/file-question-mark";
import KeyRound from "@lucide/svelte/icons/key-round";
import Lock from "@lucide/svelte/icons/lock";
import type { Component } from "svelte";

const ICONS: readonly [RegExp, typeof Cookie][] = [
  [/cookie/i, Cookie],
  [/\b(key|secret|certificate|JWK|PEM|token)\b/i, KeyRound],
  [/\b(credentials|password|hash|Encrypted)\b/i, Lock],
];

export type KindIcon = Component<{ size?: number; strokeWidth?: number }>;

export const kindIcon = (name: string): KindIcon =>
  (ICONS.find(([words]) => words.test(name))?.[1] ?? FileQuestion) as KindIcon;
