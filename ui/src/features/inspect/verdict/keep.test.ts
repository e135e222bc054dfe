import { expect, test } from "vitest";
import type { Report } from "../../../api/bindings.gen";
import { FakeHost } from "../../../platform/fake";
import { keepUnchanged } from "./keep";
import { texts } from "../../../platform/fake/recorded";

async function report(host: FakeHost, text: string): Promise<Report> {
  const answer = await host.inspect(text, null, null, false, false);
  if (answer.status !== "ok") throw new Error("inspected");
  return answer.data;
}

test("what says the same stays the same object, what changed and what is new does not", async () => {
  const host = new FakeHost({ users: [{ username: "alice", scopes: ["items:read"] }] });
  const before = await report(host, texts.valid);
  const next = await report(host, texts.expired);
  const asAnswered = structuredClone(next);
  const kept = keepUnchanged(before, next);
  expect(kept).toEqual(asAnswered);
  const named = (one: Report, name: string) => one.claims.find((member) => member.name === name);
  expect(named(kept, "iss")).toBe(named(before, "iss"));
  expect(named(kept, "exp")).not.toBe(named(before, "exp"));
  expect(kept.header[0]).toBe(before.header[0]);
  expect(kept.trace.find((step) => step.check === "time")).toBe(
    next.trace.find((step) => step.check === "time"),
  );
  expect(keepUnchanged({ ...before, claims: [] }, next).claims).toEqual(next.claims);
});
