import { screen } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { answerFor, open, paste, pieces } from "../../../../tests/window";
import type { Report } from "../../../api/bindings.gen";
import { texts } from "../../../platform/fake/recorded";

/** The recorded report, with a wrong issuer. */
const wrong = (report: Report): Partial<Report> => ({
  trace: report.trace.map((step) =>
    step.check === "issuer_and_audience"
      ? {
          ...step,
          outcome: "fail",
          fix: "Set `iss` to exactly https://b.example",
          members: ["iss", "aud"],
          differences: [
            {
              member: "iss",
              lines: [
                {
                  expected: [
                    { text: "https://", differs: false },
                    { text: "b", differs: true },
                  ],
                  found: [
                    { text: "https://", differs: false },
                    { text: "a", differs: true },
                  ],
                },
              ],
            },
          ],
        }
      : step,
  ),
});

test("a wrong value stands below the expected one, with what differs marked", async () => {
  await open({}, (host) => answerFor(host, texts.valid, wrong));
  await paste(texts.valid);
  const difference = screen.getByLabelText("Difference of iss");
  expect(difference).toHaveTextContent("expected https://b found https://a");
  expect([...difference.querySelectorAll("mark")].map((mark) => mark.textContent)).toEqual(["b", "a"]);
});

test("the bytes of a blamed claim are underlined in the token, and no others", async () => {
  await open({}, (host) => answerFor(host, texts.valid, wrong));
  await paste(texts.valid);
  const blamed = document.querySelectorAll('[data-testid="token-text"] .blamed');
  const text = [...blamed].map((piece) => piece.textContent).join("");
  expect(text.length).toBeGreaterThan(8);
  expect(text.length).toBeLessThan(80);
  expect(pieces().length).toBeGreaterThan(blamed.length);
});
