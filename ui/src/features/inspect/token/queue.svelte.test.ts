// How the state of Inspect handles answers and tokens that arrive at the wrong moment.
import { afterEach, expect, test, vi } from "vitest";
import { pass, settle } from "../../../../tests/window";
import type { Finding, KeyInput } from "../../../api/bindings.gen";
import { FakeHost } from "../../../platform/fake";
import { Clock } from "../../../shared/time/clock.svelte";
import { Inspector } from "../inspect.svelte";
import { texts } from "../../../platform/fake/recorded";

let end: () => void = () => undefined;
afterEach(() => end());

function start() {
  const host = new FakeHost({ users: [{ username: "alice" }] });
  let inspector: Inspector | undefined;
  end = $effect.root(() => {
    const clock = new Clock();
    inspector = new Inspector(host, clock);
  });
  if (!inspector) throw new Error("no inspector");
  return { host, inspector };
}

const given: KeyInput = { text: "a secret of thirty-two characters", form: "text" };

test("a token near its end asks for itself alone, once a second", async () => {
  const { host, inspector } = start();
  await inspector.inspect(texts.ending);
  await pass(1);
  const asked = [vi.spyOn(host, "inspect"), vi.spyOn(host, "listPolicies"), vi.spyOn(host, "listUsers")];
  await pass(5);
  expect(asked.map((spy) => spy.mock.calls.length)).toEqual([5, 0, 0]);
});

test("a secret that is guessed late says nothing of the token that is open by then", async () => {
  const { host, inspector } = start();
  const late: ((finding: Finding) => void)[] = [];
  const finding = (id: string) => ({ id, title: id }) as Finding;
  host.guessSecret = () => new Promise((resolve) => late.push((data) => resolve({ status: "ok", data })));
  await inspector.inspect(texts.weak);
  await inspector.inspect(texts.weak_again);
  late[1]?.(finding("newer"));
  await settle();
  late[0]?.(finding("older"));
  await settle();
  expect(inspector.findings.map((one) => one.id)).toContain("newer");
  expect(inspector.findings.map((one) => one.id)).not.toContain("older");
});

test("a token of the profile that has to wait takes no key away from the one that is edited", async () => {
  const { inspector } = start();
  await inspector.inspect(texts.weak);
  await inspector.useKey(given);
  await inspector.edit({ kind: "set_claim", name: "sub", value: '"bob"' });
  await settle();
  const own = texts.valid;
  await inspector.inspectOwn(own);
  expect(inspector.waiting).toHaveLength(1);
  expect(inspector.key).toEqual(given);
  await inspector.openWaiting();
  expect(inspector.report?.token).toBe(own);
  expect(inspector.key).toBeNull();
});
