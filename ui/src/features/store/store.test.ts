import { screen, within } from "@testing-library/svelte";
import { describe, expect, test, vi } from "vitest";
import { alice, open, paste, settle } from "../../../tests/window";
import type { RestoredView } from "../../api/bindings.gen";
import { storeError, wireError } from "../../platform/fake/answers";
import { texts } from "../../platform/fake/recorded";

const file = "/home/me/.local/share/token-workbench/profiles/default/workbench.db";
const restored: RestoredView = {
  cause: "backup",
  since_ms: 1_795_444_200_000,
  sessions: 2,
  recovery_codes: 10,
  retired_keys: 1,
  doubted_keys: 0,
};

describe("a database that is a copy", () => {
  test("says what was ended and whom to check, and stays until somebody has read it", async () => {
    const { host, user } = await open({ restored, users: [alice, { username: "bob", active: false }] });
    expect(screen.getByRole("heading", { name: "This database is a copy" })).toBeVisible();
    const main = screen.getByRole("main");
    for (const said of [
      "2 sessions ended",
      "10 recovery codes used up",
      "1 key retired",
      "put here from a backup",
    ]) {
      expect(main).toHaveTextContent(said);
    }
    expect(main, "written as everywhere in the window, with the zone once").toHaveTextContent(
      /made after 2[34] Nov \d\d:\d\d:00 \S+ are missing/,
    );
    const row = screen.getByRole("row", { name: /bob/ });
    expect(within(row).getByText("no")).toBeVisible();

    await user.keyboard("{Escape}");
    expect(screen.getByText("No verdict yet")).toBeVisible();
    host.emit("data");
    await settle();
    expect(screen.getByText("No verdict yet"), "it is not pushed into the work again").toBeVisible();
    await user.click(screen.getByRole("button", { name: "Restored copy: check it" }));
    await user.click(screen.getByRole("button", { name: "I have checked them" }));
    await settle();
    expect(host.restored).toBeNull();
    expect(screen.queryByRole("button", { name: "Restored copy: check it" })).toBeNull();
    expect(screen.getByText("No verdict yet")).toBeVisible();
  });

  test("counts nothing that did not happen", async () => {
    const nothing = { ...restored, recovery_codes: 0, retired_keys: 0 };
    await open({ restored: nothing });
    const done = within(screen.getByRole("list", { name: "What was done" })).getAllByRole("listitem");
    expect(done).toHaveLength(1);
    expect(done[0]).toHaveTextContent("2 sessions ended");
  });

  test("whom to check is listed page by page", async () => {
    const users = Array.from({ length: 250 }, (_, at) => ({
      username: `user${String(at).padStart(3, "0")}`,
    }));
    const { user } = await open({ restored, users });
    expect(screen.queryByText("user200")).toBeNull();
    await user.click(screen.getByRole("button", { name: "Show more users" }));
    await settle();
    expect(screen.getByText("user249")).toBeVisible();
    expect(screen.queryByRole("button", { name: "Show more users" })).toBeNull();
  });

  test("its buttons do not scroll away under many users", async () => {
    await open({ restored, users: Array.from({ length: 50 }, (_, at) => ({ username: `user${at}` })) });
    const list = screen.getByRole("region", { name: /What was done/ });
    expect(within(list).getByRole("table")).toBeVisible();
    expect(within(list).queryByRole("button")).toBeNull();
    expect(screen.getByRole("button", { name: "I have checked them" })).toBeVisible();
  });

  test("a copy with nothing to end announces no list", async () => {
    await open({ restored: { ...restored, sessions: 0, recovery_codes: 0, retired_keys: 0 } });
    expect(screen.getByRole("main")).toHaveTextContent("Nothing had to be ended.");
    expect(screen.queryByRole("list", { name: "What was done" })).toBeNull();
  });

  test("says that keys are in doubt while the keyring has not shown them", async () => {
    await open({ restored: { ...restored, doubted_keys: 2, since_ms: null } });
    expect(screen.getByRole("main")).toHaveTextContent("2 keys in doubt");
    expect(screen.getByRole("main")).toHaveTextContent("after it was made");
  });
});

describe("a database that cannot be used", () => {
  test("a token can be inspected without it, and the way back is in the status bar", async () => {
    const { user } = await open({ storeProblem: storeError("newer", file) });
    await user.click(screen.getByRole("button", { name: "Inspect without it" }));
    await settle();
    expect(screen.getByText("No verdict yet")).toBeVisible();
    expect(document.activeElement).toHaveAttribute("data-pane");
    expect(screen.queryByText(/GNOME Keyring/), "nobody asked it").toBeNull();
    expect(screen.queryByRole("button", { name: /Sign in as a user/ }), "there are none").toBeNull();
    await user.click(screen.getByRole("button", { name: "Database not in use" }));
    expect(screen.getByRole("heading", { name: /newer version/ })).toBeVisible();
  });

  test("without it a token is not offered for editing, and the page says why", async () => {
    const { user } = await open({ storeProblem: storeError("newer", file) });
    await user.click(screen.getByRole("button", { name: "Inspect without it" }));
    await paste(texts.expired);
    expect(screen.getByText("Editing needs the database")).toBeVisible();
    expect(screen.queryByRole("button", { name: /re-sign/i })).toBeNull();
    await user.keyboard("e");
    await settle();
    expect(screen.queryByRole("textbox", { name: "Payload as JSON" })).toBeNull();
  });

  test.each(["missing", "damaged"] as const)(
    "%s: a new profile is begun only when asked twice",
    async (code) => {
      const { host, user } = await open({ storeProblem: storeError(code, file) });
      await user.click(screen.getByRole("button", { name: "Start over…" }));
      expect(host.storeProblem).not.toBeNull();
      expect(screen.getByRole("button", { name: "Start over" })).toHaveFocus();
      await user.click(screen.getByRole("button", { name: "Keep it as it is" }));
      expect(screen.getByRole("button", { name: "Start over…" })).toHaveFocus();
      await user.click(screen.getByRole("button", { name: "Start over…" }));
      await user.click(screen.getByRole("button", { name: "Start over" }));
      await settle();
      expect(host.storeProblem).toBeNull();
      expect(screen.getByText("No verdict yet")).toBeVisible();
      expect(screen.getByText(/^What was left is in .*aside-/)).toBeVisible();
    },
  );

  test.each(["newer", "busy", "full", "read_only"] as const)(
    "%s: nothing is given up that waiting, room or rights bring back",
    async (code) => {
      await open({ storeProblem: storeError(code, file) });
      expect(screen.queryByRole("button", { name: /Start over/ })).toBeNull();
    },
  );

  test("a file that is gone is neither left alone nor said to be gone twice", async () => {
    await open({ storeProblem: storeError("missing", file) });
    expect(screen.getAllByText(/is gone/)).toHaveLength(1);
    expect(screen.queryByText(/left exactly as it is/)).toBeNull();
  });

  test("the screen has the focus, its keys, and says what works meanwhile", async () => {
    const { host, user } = await open({ storeProblem: storeError("damaged", file) });
    expect(screen.getByRole("main")).toHaveFocus();
    expect(screen.getByRole("list", { name: "Meanwhile" })).toHaveTextContent(
      /Inspect.*Works.*Sign-in.*Paused/,
    );
    await user.click(screen.getByRole("button", { name: "Start over…" }));
    await user.keyboard("{Escape}");
    expect(screen.getByRole("button", { name: "Start over…" }), "the question is taken back").toHaveFocus();
    const retry = vi.spyOn(host, "retryStore");
    await user.keyboard("r");
    await settle();
    expect(retry).toHaveBeenCalledOnce();
    await user.keyboard("{Escape}");
    await settle();
    expect(screen.getByText("No verdict yet")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Database not in use" }));
    expect(screen.getByRole("main")).toHaveFocus();
  });

  test.each(["missing", "damaged", "newer", "read_only", "busy", "failed"] as const)(
    "%s: the sentence does not say the headline again",
    async (code) => {
      await open({ storeProblem: storeError(code, file) });
      const [sentence] = [...screen.getByRole("main").querySelectorAll("[role=alert] p")].map(
        (one) => one.textContent,
      );
      expect(sentence).not.toMatch(
        /is (gone|damaged|busy)|newer version of|cannot be written|could not be used/,
      );
    },
  );

  test("a newer schema is in the sentence, not called a message of the system", async () => {
    await open({ storeProblem: storeError("newer", file) });
    expect(screen.getByRole("main")).toHaveTextContent(
      "schema 99; this version of Token Workbench knows schemas up to 4",
    );
    expect(screen.queryByText("What was found")).toBeNull();
  });

  test("what was found is shown only where something was", async () => {
    const { view } = await open({ storeProblem: storeError("busy", file) });
    expect(screen.queryByText("What was found")).toBeNull();
    view.unmount();
    await open({
      storeProblem: wireError({ area: "store", code: "failed", file, system: "disk I/O error" }),
    });
    expect(screen.getByText("What was found")).toBeVisible();
    expect(screen.getByText("disk I/O error")).toBeVisible();
  });

  test("while it is being opened the window is there and says so", async () => {
    const { host } = await open({}, (host) => (host.opening = true));
    expect(screen.getByText("Opening the profile…")).toBeVisible();
    host.opening = false;
    host.emit("health");
    await settle();
    expect(screen.queryByText("Opening the profile…")).toBeNull();
  });
});
