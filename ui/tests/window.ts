// The whole window on a program that lives in memory.
import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { tick } from "svelte";
import { vi } from "vitest";
import App from "../src/app/App.svelte";
import { late } from "../src/app/late.svelte";
import { opened } from "../src/features/inspect/opened.svelte";
import { popups } from "../src/shared/controls/popups.svelte";
import type { Report } from "../src/api/bindings.gen";
import { ok } from "../src/platform/fake/answers";
import { FakeHost, type FakeOptions } from "../src/platform/fake";

export const alice = { username: "alice", scopes: ["items:read", "items:write"] };

/** Lets promises and effects settle; no time passes. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await Promise.resolve();
  await tick();
  await vi.advanceTimersByTimeAsync(0);
}

export async function pass(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  await settle();
}

export async function open(options: FakeOptions = {}, prepare: (host: FakeHost) => void = () => undefined) {
  const host = new FakeHost({ users: [alice], ...options });
  prepare(host);
  // A test that presses a key at once finds what a user finds a moment after the first picture.
  await Promise.all([popups.load(), late.load(), opened.load()]);
  const view = render(App, { props: { host } });
  const user = userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTime(ms) });
  await settle();
  return { host, user, view };
}

/** What Ctrl V outside a field does. */
export async function paste(text: string, target: EventTarget = document.body): Promise<void> {
  const event = new Event("paste", { bubbles: true, cancelable: true });
  Object.defineProperty(event, "clipboardData", { value: { getData: () => text } });
  target.dispatchEvent(event);
  await settle();
}

/** Has this program answer for a recorded text, with changes, whatever it is asked. */
export function answerFor(host: FakeHost, text: string, change: (report: Report) => Partial<Report>): void {
  const inspect = host.inspect;
  host.inspect = async () => {
    const answer = await inspect(text, null, null, false, false);
    return answer.status === "ok" ? ok({ ...answer.data, ...change(answer.data) }) : answer;
  };
}

/** Reading the colours of the raw token: `header:eyJ…`. */
export function pieces(): { kind: string; text: string; lit: boolean }[] {
  const spans = document.querySelectorAll<HTMLElement>('[data-testid="token-text"] .colours [data-at]');
  return [...spans].map((span) => ({
    kind: span.classList[0] ?? "",
    text: span.textContent,
    lit: span.classList.contains("lit"),
  }));
}

export const verdict = () => within(screen.getByRole("region", { name: "Verdict" }));
export const payload = () => screen.getByRole("grid", { name: "Payload claims" });

/** The row of a claim. */
export function row(name: string): HTMLElement {
  const found = within(payload())
    .getAllByRole("row")
    .find((one) => within(one).getAllByRole("gridcell")[0]?.textContent === name);
  if (!found) throw new Error(`no claim ${name}`);
  return found;
}
