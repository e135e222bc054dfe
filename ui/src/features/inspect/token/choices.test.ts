import { screen, within } from "@testing-library/svelte";
import { expect, test } from "vitest";
import { open, pass, paste, pieces } from "../../../../tests/window";
import { texts } from "../../../platform/fake/recorded";

test("of several tokens in one paste each can be looked at, and the others stay within reach", async () => {
  const { user } = await open();
  const [one, two] = [texts.valid, texts.ending];
  await paste(`{"access_token":"${one}","id_token":"${two}"}`);
  const list = () => within(screen.getByRole("region", { name: "In this paste" }));
  expect(list().getByText("2 tokens")).toBeVisible();
  const [first, second] = list().getAllByRole("button");
  if (!first || !second) throw new Error("two choices");
  await user.click(second);
  await pass(0.2);
  const text = () =>
    pieces()
      .map((piece) => piece.text)
      .join("");
  expect(text()).toBe(two);
  expect(list().getAllByRole("button")[1]).toHaveAttribute("aria-pressed", "true");
  await user.click(list().getAllByRole("button")[0] ?? first);
  await pass(0.2);
  expect(text()).toBe(one);
  await paste(texts.bob);
  expect(screen.queryByRole("region", { name: "In this paste" })).toBeNull();
});
