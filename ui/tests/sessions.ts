// The view of the sessions on a program that lives in memory.
import { screen, within } from "@testing-library/svelte";
import type { SessionDetail } from "../src/api/bindings.gen";
import { type FakeOptions } from "../src/platform/fake";
import { open, settle } from "./window";

export async function openSessions(sessions: SessionDetail[], options: FakeOptions = {}) {
  const opened = await open(options, (host) => (host.sessions.all = sessions));
  await opened.user.keyboard("{Control>}2{/Control}");
  await settle();
  return opened;
}

export const rows = () =>
  within(screen.getByRole("grid", { name: "Sessions" }))
    .getAllByRole("row")
    .slice(1);
export const chosen = () => screen.getByRole("region", { name: /^Session of/ });
