// Editing a token: its preview, its differences, and that no changes are lost.
import { screen, within } from "@testing-library/svelte";
import { expect, test, vi } from "vitest";
import { resize } from "../../../../tests/setup";
import { answerFor, open, pass, paste, settle } from "../../../../tests/window";
import { wireError } from "../../../platform/fake/answers";
import { texts } from "../../../platform/fake/recorded";

async function editing(token = texts.valid) {
  const opened = await open({ users: [{ username: "alice" }] });
  await paste(token);
  await opened.user.keyboard("e");
  await settle();
  return { ...opened, token };
}

const heading = (name: string) => screen.getByRole("heading", { name });
const tokenOnShow = () => screen.getByTestId("draft-token").textContent ?? "";
const changes = () => within(screen.getByRole("region", { name: "Changes" }));

test("the checks tell what would be decided, and what they said before", async () => {
  const { user } = await editing(texts.expired);
  expect(heading("Would be rejected")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "exp to +15 m" }));
  await settle();
  expect(heading("Would be accepted")).toBeVisible();
  expect(screen.getByRole("button", { name: /^Time claims/ })).toHaveTextContent("was Fail, Pass");
  expect(changes().getByText("1 against the original")).toBeVisible();
});

test("a new token is begun from nothing by its key, and opens in the editor", async () => {
  const { host, user } = await open();
  await user.keyboard("n");
  await settle();
  expect(host.begun).toBeNull();
  expect(screen.getByRole("heading", { name: "New token" })).toBeVisible();
});

test("pasted claims are signed as a token, as they stand", async () => {
  const claims = '{"sub":"alice","n":1.0}';
  const { host, user } = await open({}, (prepared) =>
    answerFor(prepared, texts.opaque, () => ({ not_a_jwt: "Claims set" })),
  );
  await paste(claims);
  await user.click(screen.getByRole("button", { name: "Sign it as a token" }));
  expect(host.begun).toBe(claims);
});

test("a text that is not JSON is signed only when that is confirmed", async () => {
  const { host, user, token } = await editing();
  const ask = host.previewDraft;
  host.previewDraft = async (...given) => {
    const answer = await ask(...given);
    if (answer.status === "error") return answer;
    const problem = { title: "Payload JSON ends early", message: "", segment: "payload" as const, at: 1 };
    const report = { ...answer.data.report, problems: [problem] };
    return { ...answer, data: { ...answer.data, report } };
  };
  await user.click(screen.getByRole("button", { name: "exp to +1 h" }));
  await settle();
  await user.keyboard("{Control>}{Enter}{/Control}");
  await settle();
  const again = screen.getByRole("button", { name: /^Sign it though it is not JSON\?/ });
  await user.click(again);
  await settle();
  expect(screen.getByRole("textbox", { name: "Token" })).not.toHaveValue(token);
});

test("signing opens the new token and keeps the original among the recent ones", async () => {
  const { user, token } = await editing();
  await user.click(screen.getByRole("button", { name: "exp to +1 h" }));
  await settle();
  await user.keyboard("{Control>}{Enter}{/Control}");
  await settle();
  const field = screen.getByRole("textbox", { name: "Token" });
  expect(field).not.toHaveValue(token);
  expect(heading("Accepted")).toBeVisible();
  const recent = within(screen.getByRole("region", { name: "Recent tokens" })).getAllByRole("listitem");
  expect(recent).toHaveLength(2);
  await user.click(within(recent[1] as HTMLElement).getByRole("button", { name: /^\w+ Access/ }));
  await settle();
  expect(field).toHaveValue(token);
});

test("Escape discards at once, and asks before many changes are lost", async () => {
  const { host, user, token } = await editing();
  await user.keyboard("{Escape}");
  await settle();
  expect(screen.getByRole("textbox", { name: "Token" })).toHaveValue(token);
  const ask = host.previewDraft;
  host.previewDraft = async (...given) => {
    const answer = await ask(...given);
    const change = { in_header: false, name: "exp", before: "1", after: "2" };
    return answer.status === "ok"
      ? { ...answer, data: { ...answer.data, changes: Array.from({ length: 5 }, () => change) } }
      : answer;
  };
  await user.keyboard("e");
  await settle();
  await user.keyboard("{Escape}");
  await settle();
  expect(screen.getByRole("button", { name: "Discard 5 changes?" })).toBeVisible();
  await pass(5);
  expect(screen.queryByRole("button", { name: "Discard 5 changes?" })).toBeNull();
  await user.keyboard("{Escape}");
  await user.keyboard("{Escape}");
  await settle();
  expect(screen.getByRole("textbox", { name: "Token" })).toHaveValue(token);
});

test("a change elsewhere has the edited token judged again, and nothing signed", async () => {
  const { host, user, token } = await editing();
  await user.click(screen.getByRole("button", { name: "exp to +1 h" }));
  await settle();
  const judged: string[] = [];
  const inspect = host.inspect;
  host.inspect = (text, ...rest) => {
    judged.push(text);
    return inspect(text, ...rest);
  };
  // Without a gesture the program refuses to sign.
  host.previewDraft = () => Promise.reject(new Error("nobody pressed anything"));
  host.emit("data");
  await settle();
  // The signed token, with the original below.
  expect(judged.filter((text) => text !== token)).toHaveLength(1);
  expect(screen.queryByText(/nobody pressed anything/)).toBeNull();
  expect(heading("Would be accepted")).toBeVisible();
});

test("a fault is put in by name, and can be taken out of the signing again", async () => {
  const { user } = await editing();
  await user.click(screen.getByRole("button", { name: "Break it" }));
  await settle();
  await user.click(screen.getByRole("menuitem", { name: /^alg none/ }));
  await settle();
  expect(screen.getByText("Fault: alg none")).toBeVisible();
  expect(tokenOnShow()).toMatch(/\.$|\.\s/);
  await user.click(screen.getByRole("button", { name: "Sign it rightly" }));
  await settle();
  expect(screen.queryByText("Fault: alg none")).toBeNull();
});

const breakIt = async (user: Awaited<ReturnType<typeof open>>["user"], name: RegExp) => {
  await user.click(screen.getByRole("button", { name: "Break it" }));
  await settle();
  await user.click(screen.getByRole("menuitem", { name }));
  await settle();
};

test("each fault starts from the token before the last one", async () => {
  const { user } = await editing();
  await breakIt(user, /^alg none/);
  await breakIt(user, /^wrong audience/);
  expect(screen.queryByText("Fault: alg none")).toBeNull();
  expect(changes().getByText("3 against the original"), "the audience, alg and kid").toBeVisible();
});

const chooseSigner = async (user: Awaited<ReturnType<typeof open>>["user"], name: RegExp) => {
  await user.click(screen.getByRole("button", { name: /^Sign with/ }));
  await settle();
  await user.click(screen.getByRole("menuitemradio", { name }));
  await settle();
};

test("what is broken on purpose is signed with the test key, and says what for", async () => {
  const { host, user } = await editing();
  expect(host.lastSigning?.signer).toEqual({ kind: "profile", kid: null });
  expect(host.lastSigning?.fault).toBeNull();
  await breakIt(user, /^expired/);
  expect(host.lastSigning).toEqual({ signer: { kind: "test" }, fault: "expired" });
  expect(screen.getByRole("button", { name: "Sign with Test key not published" })).toBeVisible();
});

test("whoever chose a key keeps it when the token is broken", async () => {
  const { host, user } = await editing();
  await chooseSigner(user, /^acc-2026-10/);
  await breakIt(user, /^expired/);
  expect(host.lastSigning?.signer).toEqual({ kind: "profile", kid: "acc-2026-10" });
});

test("the test key is published only by its switch, which stands beside it alone", async () => {
  const { host, user } = await editing();
  const name = /^Publish the test key/;
  expect(screen.queryByRole("switch", { name })).toBeNull();
  await chooseSigner(user, /^Test key/);
  expect(screen.queryByText("not published"), "the switch says it").toBeNull();
  expect(screen.getByText(/servers that use this profile’s JWK Set accept any token it signs/)).toBeVisible();
  expect(host.isTestKeyPublished).toBe(false);
  expect(heading("Would be rejected")).toBeVisible();
  await user.click(screen.getByRole("switch", { name }));
  await settle();
  expect(host.isTestKeyPublished).toBe(true);
  expect(screen.getByRole("switch", { name })).toBeChecked();
  expect(heading("Would be accepted")).toBeVisible();
});

test("a key that cannot sign says why and leaves everything as it was", async () => {
  const { user } = await editing();
  const before = tokenOnShow();
  await user.click(screen.getByRole("button", { name: /^Sign with/ }));
  await settle();
  await user.click(screen.getByRole("menuitemradio", { name: /^Another key/ }));
  await settle();
  await user.type(
    screen.getByRole("textbox", { name: /^Secret, private key/ }),
    "-----BEGIN PUBLIC KEY-----",
  );
  await user.click(screen.getByRole("button", { name: /^Sign with it/ }));
  await settle();
  expect(
    screen.getByText(/This is only the public part; the private key is needed\. Choose another key/),
  ).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Cancel" }));
  await settle();
  expect(tokenOnShow()).toBe(before);
});

test("a keyring that is locked is said in place, and signing is off", async () => {
  const opened = await open({ users: [{ username: "alice" }] });
  await paste(texts.valid);
  opened.host.keyring = { ...opened.host.keyring, state: "locked" };
  await opened.user.keyboard("e");
  await settle();
  expect(screen.getByText(/^The keyring is locked/)).toBeVisible();
  expect(screen.getByRole("button", { name: /^Re-sign/ })).toBeDisabled();
});

test("a change that the text does not allow is said, and the text stays", async () => {
  const { host, user } = await editing();
  host.editDraft = async () => ({
    status: "error",
    error: wireError({ area: "edit", code: "impossible", reason: "the payload is not one JSON object" }),
  });
  await user.click(screen.getByRole("button", { name: "exp to now" }));
  await settle();
  expect(screen.getByText(/the payload is not one JSON object/)).toBeVisible();
  expect(screen.getByRole("button", { name: /^Re-sign/ })).toBeEnabled();
});

test("what cannot be edited offers neither the button nor the key", async () => {
  const { user } = await open({ users: [] });
  await paste("opaque-token");
  expect(screen.queryByRole("button", { name: /Edit & re-sign/ })).toBeNull();
  await user.keyboard("e");
  await settle();
  expect(screen.queryByText(/Only a signed token in the compact form/)).toBeNull();
  expect(screen.queryByRole("region", { name: "Changes" })).toBeNull();
});

test("the buttons of a failed check do what they say", async () => {
  const { user } = await open({ users: [{ username: "alice" }] });
  await paste(texts.expired);
  await user.click(screen.getByRole("button", { name: "Clock \u22123 m" }));
  await pass(1);
  expect(screen.getByRole("timer", { name: /^\u22123 m / })).toBeInTheDocument();
  expect(heading("Accepted")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Real time" }));
  await pass(1);
  expect(heading("Rejected")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Re-sign for 15 m" }));
  await settle();
  expect(heading("Accepted")).toBeVisible();
});

test("a token that comes from outside waits while changes are being made, and no change is lost", async () => {
  const { user } = await editing();
  await user.click(screen.getByRole("button", { name: "exp to +1 h" }));
  await settle();
  const other = texts.ending;
  await paste(other);
  expect(changes().getByText("1 against the original")).toBeVisible();
  expect(screen.getByText("Another token came")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Drop the changes, open it" }));
  await settle();
  expect(screen.getByRole("textbox", { name: "Token" })).toHaveValue(other);
  expect(screen.queryByText("Another token came")).toBeNull();
});

test("in a narrow window the column opens to say that another token came", async () => {
  resize(1000);
  const { user } = await editing();
  await paste(texts.expired);
  // Nothing has been changed yet, so the token does not have to wait.
  expect(screen.queryByText("Another token came")).toBeNull();
  await user.keyboard("e");
  await settle();
  await user.click(screen.getByRole("button", { name: "exp to +15 m" }));
  await settle();
  await paste(texts.ending);
  expect(screen.getByText("Another token came")).toBeVisible();
});

test("an editor that takes long to open does not open over another token", async () => {
  const { host, user } = await open({ users: [{ username: "alice" }] });
  await paste(texts.valid);
  const ask = host.previewDraft;
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  host.previewDraft = async (...given) => {
    await held;
    return ask(...given);
  };
  await user.keyboard("e");
  await settle();
  const other = texts.ending;
  await paste(other);
  go();
  await settle();
  expect(screen.getByRole("textbox", { name: "Token" })).toHaveValue(other);
  expect(screen.queryByTestId("draft-token")).toBeNull();
});

test("Ctrl Enter signs whatever has the focus, and presses nothing", async () => {
  const { host, user, token } = await editing();
  await chooseSigner(user, /^Test key/);
  screen.getByRole("switch", { name: /^Publish the test key/ }).focus();
  await user.keyboard("{Control>}{Enter}{/Control}");
  await settle();
  expect(host.isTestKeyPublished).toBe(false);
  expect(screen.queryByTestId("draft-token")).toBeNull();
  expect(screen.getByRole("textbox", { name: "Token" })).not.toHaveValue(token);
});

test("Re-sign at a check takes the fault out and signs with the active key", async () => {
  const { host, user } = await editing();
  await breakIt(user, /^bad signature/);
  const checks = within(screen.getByRole("list", { name: "Checks in server order" }));
  await user.click(checks.getByRole("button", { name: "Re-sign" }));
  await settle();
  expect(host.lastSigning?.signer).toEqual({ kind: "profile", kid: null });
  expect(screen.queryByText(/^Fault: /)).toBeNull();
  expect(heading("Would be accepted")).toBeVisible();
});

test("what is announced is the verdict on show, of the draft as of the token", async () => {
  const { user } = await editing();
  const said = screen.getByTestId("verdict-said");
  expect(said).toHaveTextContent(/^Would be accepted: /);
  await breakIt(user, /^expired/);
  expect(said).toHaveTextContent(/^Would be rejected: /);
  await user.keyboard("{Escape}");
  await settle();
  expect(said).toHaveTextContent(/^Accepted: /);
});

test("the times in the checks go on while a token is edited, and nothing is signed for that", async () => {
  const { host } = await editing();
  host.previewDraft = () => Promise.reject(new Error("nobody pressed anything"));
  const time = () => screen.getByRole("button", { name: /^Time claims/ }).textContent;
  const before = time();
  await pass(10);
  expect(time()).not.toBe(before);
  expect(screen.queryByText(/nobody pressed anything/)).toBeNull();
});

test("the editor takes the focus when it opens, and leaving it by its buttons moves it to the verdict", async () => {
  const { user } = await editing();
  const region = () => screen.getByRole("region", { name: "Verdict" });
  await user.click(screen.getByRole("button", { name: /^Discard/ }));
  await settle();
  expect(region()).toHaveFocus();
  await user.click(screen.getByRole("button", { name: /^Edit & re-sign/ }));
  await settle();
  await vi.waitFor(() => expect(document.activeElement).toHaveAccessibleName("Payload as JSON"));
  await user.keyboard("{Escape}");
  await settle();
  screen.getByRole("button", { name: /^Parse/ }).focus();
  await user.keyboard("e");
  await settle();
  await vi.waitFor(() => expect(document.activeElement).toHaveAccessibleName("Payload as JSON"));
  await user.click(screen.getByRole("button", { name: "exp to +1 h" }));
  await user.click(screen.getByRole("button", { name: /^Re-sign/ }));
  await settle();
  expect(region()).toHaveFocus();
});
