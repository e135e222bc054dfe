// Setting up a second factor, its recovery codes, and removing it.
import { screen, within } from "@testing-library/svelte";
import { afterEach, describe, expect, test, vi } from "vitest";
import { alice, open, pass, settle } from "../../../tests/window";
import { refuse, wireError } from "../../platform/fake/answers";
import { codeOf, SECRET } from "../../platform/fake/second-factor";

const on = {
  state: "on" as const,
  algorithm: "SHA1",
  digits: 6,
  period_seconds: 30,
  confirmed_at_ms: Date.now(),
  recovery_codes_left: 10,
};

async function openUsers(prepare?: Parameters<typeof open>[1]) {
  const opened = await open({ users: [{ ...alice, active_sessions: 2 }, { username: "bob" }] }, prepare);
  await opened.user.keyboard("{Control>}3{/Control}");
  await settle();
  return opened;
}

async function enroll(prepare?: Parameters<typeof open>[1]) {
  const opened = await openUsers(prepare);
  await opened.user.click(screen.getByRole("button", { name: "Enroll" }));
  await settle();
  return opened;
}

const dialog = () => within(screen.getByRole("dialog"));
const boxes = () => dialog().getByLabelText("Code of the authenticator");
const shownCode = () => dialog().getByTestId("phone-code").textContent.replace(/\D/g, "");
const press = async (user: Awaited<ReturnType<typeof open>>["user"], name: RegExp | string) => {
  await user.click(dialog().getByRole("button", { name }));
  await settle();
};

afterEach(() => vi.restoreAllMocks());

describe("setting up a second factor", () => {
  test("shows the QR code, hides the secret until asked, and copies it without showing it", async () => {
    const { host, user } = await enroll();
    expect(screen.getByRole("dialog", { name: "Enroll a second factor for alice" })).toBeVisible();
    expect(dialog().getAllByText("TOTP SHA1, 6 digits, 30 s")[0]).toBeVisible();
    const qr = dialog().getByRole("img", { name: /QR code/ });
    expect(qr).toHaveAttribute("viewBox", expect.stringMatching(/^-4\.\d+ /));
    expect(document.body.innerHTML).not.toContain("JOPB");
    await press(user, "Copy the secret");
    await press(user, "Copy the otpauth URI");
    expect(host.copied).toEqual(["secret", "uri"]);
    expect(document.body.innerHTML).not.toContain("JOPB");
    await press(user, "Show the secret");
    expect(dialog().getByText("JOPB")).toBeVisible();
    expect(dialog().getByText(`otpauth://totp/Token%20Workbench:bob?secret=${SECRET}`)).toBeVisible();
    await user.keyboard("{Control>}1{/Control}");
    await settle();
    await user.keyboard("{Control>}3{/Control}");
    await settle();
    expect(document.body.innerHTML).not.toContain("JOPB");
  });

  test("the phone's code goes into the boxes, turns the factor on, and the codes are shown once", async () => {
    const { host, user } = await enroll();
    expect(dialog().getByText("The phone’s code would pass as step 0")).toBeVisible();
    expect(dialog().getByText("Both clocks agree")).toBeVisible();
    const confirm = () => dialog().getByRole("button", { name: /^Confirm and turn on/ });
    expect(confirm()).toBeDisabled();
    await press(user, "Fill from phone");
    expect(boxes()).toHaveValue(shownCode());
    expect(dialog().getByText("Would pass as step 0")).toBeVisible();
    expect(dialog().queryByRole("list", { name: "Recovery codes" })).toBeNull();
    await user.click(boxes());
    await user.keyboard("{Enter}");
    await settle();
    expect(dialog().getByText(/The second factor is on/)).toBeVisible();
    expect(host.users[0]?.second_factor).toBe("on");
    const codes = within(dialog().getByRole("list", { name: "Recovery codes" }));
    expect(dialog().getByRole("button", { name: "Copy the recovery codes" })).toHaveFocus();
    expect(codes.getAllByRole("listitem")).toHaveLength(10);
    expect(dialog().getAllByText("used")).toHaveLength(2);
    expect(dialog().getByText(/Last used step: 0/)).toBeVisible();
    expect(dialog().queryByRole("img", { name: /QR code/ })).toBeNull();

    // The codes are shown only now, so closing asks unless they were kept.
    await user.keyboard("{Escape}");
    await settle();
    expect(dialog().getByRole("button", { name: "Close without keeping the codes?" })).toBeVisible();
    await pass(4);
    await press(user, "Copy the recovery codes");
    expect(host.copied.at(-1)).toBe(host.secondFactors.recovery.join("\n"));
    await press(user, /^Done/);
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(host.secondFactors.open.size).toBe(0);
    expect(document.body.innerHTML).not.toContain("code0-abcde");
  });

  test("saving and printing keep the codes too, unless the print dialog is closed", async () => {
    const { host, user } = await enroll();
    host.secondFactors.prints = false;
    await press(user, "Fill from phone");
    await press(user, /^Confirm and turn on/);
    await press(user, "Print the recovery codes");
    expect(dialog().getByText("Keep the recovery codes before you close this")).toBeVisible();
    host.secondFactors.prints = true;
    await press(user, "Print the recovery codes");
    expect(dialog().getByText("The codes are not shown again")).toBeVisible();
    await press(user, "Save the recovery codes");
    expect(screen.getByText("/home/me/recovery-codes-bob.txt")).toBeVisible();
    await press(user, /^Done/);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("codes that could not be copied are not kept", async () => {
    const { host, user } = await enroll();
    await press(user, "Fill from phone");
    await press(user, /^Confirm and turn on/);
    host.copySecret = async () => refuse(wireError({ area: "clipboard", code: "failed" }));
    await press(user, "Copy the recovery codes");
    expect(screen.getByText("Could not copy")).toBeVisible();
    expect(dialog().getByText("Keep the recovery codes before you close this")).toBeVisible();
  });

  test("a phone whose clock drifts is compared with the steps that are accepted", async () => {
    const { host, user } = await enroll();
    const asked = vi.spyOn(host, "enrollmentCodes");
    const field = dialog().getByLabelText("Phone clock drift in seconds");
    const set = async (text: string) => {
      await user.clear(field);
      await user.type(field, `${text}{Enter}`);
      await settle();
    };
    await set("+30");
    expect(field).toHaveValue("+30 s");
    expect(dialog().getByText("The phone’s code would pass as step +1")).toBeVisible();
    expect(dialog().getByText("Phone is 30 s ahead, still in the window")).toBeVisible();
    await set("-90");
    expect(dialog().getByText("The phone’s code would be refused")).toBeVisible();
    expect(dialog().getByText("Phone is 1 m 30 s behind, outside the window")).toBeVisible();
    await press(user, "Fill from phone");
    expect(dialog().getByText("Would be refused")).toBeVisible();
    await press(user, /^Confirm and turn on/);
    expect(dialog().getByRole("alert")).toHaveTextContent("This code belongs to a time 1 m 30 s ago.");
    expect(host.users[0]?.second_factor).toBe("off");
    await press(user, "Sync");
    expect(field).toHaveValue("0 s");
    const slider = dialog().getByRole("slider", { name: "Phone clock drift" });
    expect(slider).toHaveAttribute("aria-valuetext", "no drift");
    expect(slider).toHaveAttribute("max", "90");
    await set("nonsense");
    expect(field).toHaveValue("0 s");
    // The codes are asked for when a step begins, not every second.
    asked.mockClear();
    const before = shownCode();
    await pass(30);
    expect(asked.mock.calls.length).toBeLessThan(4);
    expect(shownCode()).not.toBe(before);
  });

  test("typing says at each digit whether the code would pass, and a wrong one leaves the form as it is", async () => {
    const { user } = await enroll();
    const code = shownCode();
    await user.click(boxes());
    await user.keyboard(code.slice(0, 4));
    await settle();
    expect(dialog().getByText("Would pass as step 0")).toBeVisible();
    const other = codeOf(7);
    await user.clear(boxes());
    await user.keyboard(other);
    await settle();
    expect(dialog().getByText("None of the three accepted codes begins like this")).toBeVisible();
    await user.keyboard("{Enter}");
    await settle();
    expect(dialog().getByRole("alert")).toHaveTextContent("No code within an hour of now is this one.");
    expect(boxes()).toHaveValue(other);
    expect(boxes()).toHaveFocus();
  });

  test("unusual parameters name the apps that ignore them", async () => {
    const { user } = await enroll();
    await press(user, "Change");
    await user.click(dialog().getByRole("radio", { name: "SHA-256" }));
    await settle();
    expect(
      dialog().getByText(
        "Google Authenticator on Android and Authy ignore the algorithm and show wrong codes.",
      ),
    ).toBeVisible();
    await user.click(dialog().getByRole("radio", { name: "8 digits" }));
    await user.click(dialog().getByRole("radio", { name: "60 s" }));
    await settle();
    expect(dialog().getByText("TOTP SHA256, 8 digits, 60 s")).toBeVisible();
    expect(shownCode()).toHaveLength(8);
    await press(user, "Fill from phone");
    expect(boxes()).toHaveValue(shownCode());
  });

  test("closing asks once a code was entered, and nothing was saved", async () => {
    const { host, user } = await enroll();
    await user.click(boxes());
    await user.keyboard("12");
    await user.keyboard("{Escape}");
    await settle();
    expect(dialog().getByRole("button", { name: "Discard this enrollment?" })).toBeVisible();
    await user.keyboard("{Escape}");
    await settle();
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(host.users[0]?.second_factor).toBe("off");
    expect(host.secondFactors.open.size).toBe(0);
    await user.click(screen.getByRole("button", { name: "Enroll" }));
    await settle();
    await user.keyboard("{Escape}");
    await settle();
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  test("after ten minutes it starts again with a new secret, and a user who is gone stops it", async () => {
    const { host, user } = await enroll();
    await pass(599);
    expect(dialog().getByText(/within/)).toHaveTextContent("0:01");
    await pass(2);
    await press(user, "Fill from phone");
    await press(user, /^Confirm and turn on/);
    expect(dialog().getByRole("alert")).toHaveTextContent("The time to confirm a code is over.");
    await press(user, "Start again");
    expect(host.secondFactors.open.size).toBe(1);
    expect(boxes()).toHaveValue("");
    expect(dialog().queryByRole("alert")).toBeNull();
    host.users = host.users.filter((one) => one.username !== "alice");
    host.emit("users");
    await settle();
    expect(dialog().getByText("alice was deleted meanwhile.")).toBeVisible();
    expect(dialog().getByRole("button", { name: /^Confirm and turn on/ })).toBeDisabled();
  });

  test("an existing secret is chosen among those that a migration holds", async () => {
    const usual = { algorithm: "SHA1" as const, digits: 6, period_seconds: 30 };
    const { host, user } = await enroll();
    await press(user, "Use an existing secret");
    await user.type(dialog().getByLabelText("URI or secret"), "hello{Enter}");
    await settle();
    expect(dialog().getByRole("alert")).toHaveTextContent("This is not an otpauth URI");
    expect(dialog().getByLabelText("URI or secret")).toHaveValue("hello");
    host.secondFactors.found = {
      accounts: [
        { issuer: "Example", name: "alice@example.com", settings: usual, why: null },
        { issuer: "", name: "bob", settings: { ...usual, digits: 8 }, why: null },
        { issuer: "Old", name: "carol", settings: null, why: "Its codes are counted (HOTP)" },
      ],
      part: 1,
      parts: 2,
    };
    await press(user, "Read it");
    expect(dialog().getByText(/3 accounts found. This is part 1 of 2/)).toBeVisible();
    expect(dialog().getByText("Its codes are counted (HOTP)")).toBeVisible();
    expect(dialog().getByLabelText("URI or secret")).toHaveValue("");
    expect(dialog().queryByRole("button", { name: "Use carol" })).toBeNull();
    await press(user, "Use bob");
    expect(dialog().getByText(/The secret has 80 bits/)).toBeVisible();
    expect(shownCode()).toHaveLength(8);
    await press(user, "New secret");
    expect(shownCode()).toHaveLength(6);
  });

  test("a picture is handed to the program, and one without a code says so", async () => {
    const { host, user } = await enroll();
    const asked = vi.spyOn(host, "findSecrets");
    await press(user, "Use an existing secret");
    host.secondFactors.found = wireError({ area: "second_factor", code: "picture_without_qr" });
    const picture = new File([new Uint8Array([1, 2, 3])], "qr.png", { type: "image/png" });
    await user.upload(dialog().getByLabelText("Picture of a QR code"), picture);
    await vi.waitFor(() => expect(asked).toHaveBeenCalled());
    await settle();
    expect(asked.mock.calls[0]?.[1]).toEqual({ kind: "picture", base64: "AQID" });
    expect(dialog().getByRole("alert")).toHaveTextContent("No QR code was found in the picture.");
    await press(user, "Back");
    expect(dialog().getByRole("img", { name: /QR code/ })).toBeVisible();
  });

  test("a failure to begin stands beside the user", async () => {
    await enroll((host) => {
      host.factors.set("alice", "123456");
    });
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.getByText("There is a second factor already.")).toBeVisible();
  });
});

describe("a second factor that is on", () => {
  const withFactor: Parameters<typeof open>[1] = (host) => {
    host.security = { ...host.security, second_factor: on };
    host.factors.set("alice", "123456");
  };

  test("is removed with the password, and what goes with it is said first", async () => {
    const { host, user } = await openUsers(withFactor);
    await user.click(screen.getByRole("button", { name: "Remove" }));
    await settle();
    expect(dialog().getByText(/This ends 2 active sessions./)).toBeVisible();
    const field = dialog().getByLabelText("Password of alice");
    expect(field).toHaveFocus();
    await user.type(field, "wrong{Enter}");
    await settle();
    expect(field).toHaveAccessibleDescription(/The password is not right/);
    expect(host.factors.has("alice")).toBe(true);
    await user.clear(field);
    await user.type(field, "correct horse{Enter}");
    await settle();
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(host.factors.has("alice")).toBe(false);
    expect(screen.getByText("Removed the second factor of alice")).toBeVisible();
  });

  test("a lock is said with its time, and a password that nobody looked at is not called wrong", async () => {
    const { host, user } = await openUsers((host) => {
      withFactor(host);
      const [user] = host.users;
      if (user) user.lock = { kind: "until", ms: Date.now() + 5_000 };
    });
    host.removeSecondFactor = async () => ({
      status: "error",
      error: wireError({ area: "second_factor", code: "wrong_password" }),
    });
    await user.click(screen.getByRole("button", { name: "Remove" }));
    await settle();
    expect(dialog().getByText("Locked for another 5 s after wrong passwords or codes.")).toBeVisible();
    const field = dialog().getByLabelText("Password of alice");
    await user.type(field, "correct horse{Enter}");
    await settle();
    expect(dialog().queryByText(/not right/)).toBeNull();
    await pass(5_000);
    expect(dialog().queryByText(/Locked for/)).toBeNull();
    expect(dialog().getByText("The user was locked, so the password was not looked at.")).toBeVisible();
    await user.keyboard("{Enter}");
    await settle();
    expect(field).toHaveAccessibleDescription(/The password is not right/);
  });

  test("gets new recovery codes with the password, shown once, whatever view is open meanwhile", async () => {
    const { host, user } = await openUsers(withFactor);
    await user.click(screen.getByRole("button", { name: "New recovery codes" }));
    await settle();
    await user.type(dialog().getByLabelText("Password of alice"), "correct horse{Enter}");
    await settle();
    expect(
      within(dialog().getByRole("list", { name: "Recovery codes" })).getAllByRole("listitem"),
    ).toHaveLength(10);
    await user.keyboard("{Control>}1{/Control}");
    await settle();
    await user.keyboard("{Control>}3{/Control}");
    await settle();
    expect(dialog().getByText(host.secondFactors.recovery[0] ?? "", { selector: "li" })).toBeVisible();
    await press(user, "Done");
    expect(dialog().getByRole("button", { name: "Close without keeping the codes?" })).toBeVisible();
    await press(user, "Close without keeping the codes?");
    expect(screen.queryByRole("dialog")).toBeNull();
  });
});
