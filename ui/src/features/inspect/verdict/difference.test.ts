import { screen } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { answerFor, open, paste, pieces } from "../../../../tests/window";
import type { Report, WrongValue } from "../../../api/bindings.gen";
import { texts } from "../../../platform/fake/recorded";

const differing = (member: string, expected: string, found: string): WrongValue => ({
  title: `${member} differs from the policy`,
  difference: {
    member,
    lines: [
      {
        expected: [
          { text: "https://", differs: false },
          { text: expected, differs: true },
        ],
        found: [
          { text: "https://", differs: false },
          { text: found, differs: true },
        ],
      },
    ],
  },
  fix: `Set \`${member}\``,
  actions: [{ kind: "edit", label: `Set ${member} and re-sign`, edit: null }, { kind: "change_policy" }],
  members: [member],
});

/** The recorded report, with wrong values. */
const wrong =
  (...values: WrongValue[]) =>
  (report: Report): Partial<Report> => ({
    verdict: { ...report.verdict, outcome: "rejected", stopped_at: "issuer_and_audience" },
    trace: report.trace.map((step) =>
      step.check === "issuer_and_audience"
        ? {
            ...step,
            outcome: "fail",
            reason: "Both differ, with their values",
            fix: "Set `iss` to exactly https://b.example",
            members: ["iss", "aud"],
            wrong: values,
          }
        : step,
    ),
  });
const issuer = differing("iss", "b", "a");

test("a wrong value stands below the expected one, with what differs marked", async () => {
  await open({}, (host) => answerFor(host, texts.valid, wrong(issuer)));
  await paste(texts.valid);
  const difference = screen.getByLabelText("Difference of iss");
  expect(difference).toHaveTextContent("expected https://b found https://a");
  expect([...difference.querySelectorAll("mark")].map((mark) => mark.textContent)).toEqual(["b", "a"]);
});

test("the expected value stands once: what differs says it, not the check and not the fix", async () => {
  const edit = { kind: "set_claim" as const, name: "iss", value: '"https://b"' };
  const one: WrongValue = { ...issuer, actions: [{ kind: "edit", label: "Set iss and re-sign", edit }] };
  const { host, user } = await open({}, (host) => answerFor(host, texts.valid, wrong(one)));
  await paste(texts.valid);
  expect(screen.getByRole("button", { name: /Issuer and audience/ })).toHaveTextContent(
    "iss differs from the policy",
  );
  expect(screen.queryByText(/Set `?iss`?$|to exactly/)).toBeNull();
  await user.click(screen.getByRole("button", { name: "Copy expected" }));
  expect(host.copied).toEqual(["https://b"]);
});

test("the bytes of a blamed claim are underlined in the token, and no others", async () => {
  await open({}, (host) => answerFor(host, texts.valid, wrong(issuer)));
  await paste(texts.valid);
  const blamed = document.querySelectorAll('[data-testid="token-text"] .blamed');
  const text = [...blamed].map((piece) => piece.textContent).join("");
  expect(text.length).toBeGreaterThan(8);
  expect(text.length).toBeLessThan(80);
  expect(pieces().length).toBeGreaterThan(blamed.length);
});

test("several wrong values have a block each, and only the first has the primary button", async () => {
  await open({}, (host) => answerFor(host, texts.valid, wrong(issuer, differing("aud", "c", "d"))));
  await paste(texts.valid);
  expect(screen.getByText("2 values do not match the policy")).toBeVisible();
  expect(screen.queryByText("Both differ, with their values")).toBeNull();
  expect(screen.getByText("iss differs from the policy")).toBeVisible();
  expect(screen.getByLabelText("Difference of aud")).toHaveTextContent("expected https://c found https://d");
  expect(screen.getAllByRole("button", { name: "Change the policy" })).toHaveLength(2);
  const kinds = ["iss", "aud"].map((name) => screen.getByRole("button", { name: `Set ${name} and re-sign` }));
  expect(kinds.map((button) => button.classList.contains("primary"))).toEqual([true, false]);
});
