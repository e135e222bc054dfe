// Answers to those who sign in or set up a second factor.
import type { EnrollmentView, UserView } from "../../../api/bindings.gen";
import { ok, refuse, wireError } from "../answers";
import { texts } from "../recorded";
import { SECRET } from "../second-factor";
import type { Answer, Host } from "../../host";
import { People } from "./people";

/** Signing in, and the second factor. */
export class SigningIn extends People {
  #pending = new Map<number, string>();
  #serial = 0;

  signIn: Host["signIn"] = async ({ username, password, scopes: asked }) => {
    if (this.keyring.state !== "ready") return refuse(wireError({ area: "keyring", code: "locked" }));
    const user = this.users.find((one) => one.username === username);
    if (!user || this.passwords.get(username) !== password)
      return refuse(wireError({ area: "sign_in", code: "wrong_credentials" }));
    if (!user.active) return refuse(wireError({ area: "sign_in", code: "user_inactive" }));
    if (this.factors.has(username)) {
      const pending = this.#serial++;
      this.#pending.set(pending, username);
      return ok({ kind: "second_factor_due", pending, expires_in: 300, digits: 6 });
    }
    return ok({ kind: "done", ...this.#signedIn(user, asked) });
  };

  confirmSignIn: Host["confirmSignIn"] = async (pending, code) => {
    const username = this.#pending.get(pending) ?? "";
    const user = this.users.find((one) => one.username === username);
    if (!user) return refuse(wireError({ area: "sign_in", code: "pending_invalid" }));
    if (this.factors.get(username) !== code)
      return refuse(wireError({ area: "sign_in", code: "wrong_code" }));
    this.#pending.delete(pending);
    return ok(this.#signedIn(user, null));
  };
  revealPending: Host["revealPending"] = async () => ok(texts.pending);

  #signedIn(user: UserView, asked: string[] | null) {
    const granted = user.scopes.filter((scope) => asked === null || asked.includes(scope));
    user.last_sign_in_at_ms = Date.now();
    user.active_sessions += 1;
    this.emit("data");
    return {
      username: user.username,
      access_token: user.username === "bob" ? texts.bob : texts.signed_in,
      expires_in: 900,
      scopes: granted,
      sid: "ses_9f2c41",
    };
  }
  beginEnrollment: Host["beginEnrollment"] = async (username) =>
    this.factors.has(username)
      ? refuse(wireError({ area: "second_factor", code: "already_on" }))
      : ok(this.secondFactors.begin(username, this.now()));
  shapeEnrollment: Host["shapeEnrollment"] = async (handle, settings) =>
    this.#enrollment(
      this.secondFactors.change(handle, {
        settings,
        warnings:
          settings.algorithm === "SHA1"
            ? []
            : [{ setting: "algorithm", apps: ["Google Authenticator on Android", "Authy"] }],
      }),
    );
  revealEnrollment: Host["revealEnrollment"] = async () =>
    ok({ secret: SECRET, uri: `otpauth://totp/Token%20Workbench:bob?secret=${SECRET}` });
  copyEnrollment: Host["copyEnrollment"] = async (_handle, what) => {
    this.copied.push(what);
    return ok(60);
  };
  enrollmentCodes: Host["enrollmentCodes"] = async (handle, drift) =>
    ok(this.secondFactors.codes(handle, drift, this.now()));
  findSecrets: Host["findSecrets"] = async () =>
    "area" in this.secondFactors.found ? refuse(this.secondFactors.found) : ok(this.secondFactors.found);
  useSecret: Host["useSecret"] = async (handle, index) => {
    const { found } = this.secondFactors;
    const settings = "accounts" in found ? found.accounts[index]?.settings : null;
    return this.#enrollment(
      settings ? this.secondFactors.change(handle, { settings, existing: true, secret_bits: 80 }) : null,
    );
  };
  confirmEnrollment: Host["confirmEnrollment"] = async (handle, code) => {
    const refusal = this.secondFactors.confirm(handle, code, this.now());
    if (refusal) return refuse(refusal);
    const username = this.secondFactors.open.get(handle)?.username ?? "";
    this.factors.set(username, code);
    await this.change(username, { second_factor: "on" });
    this.emit("users");
    return ok(this.secondFactors.recovery);
  };
  dropEnrollment: Host["dropEnrollment"] = async (handle) => {
    this.secondFactors.open.delete(handle);
    return ok(null);
  };
  saveRecoveryCodes: Host["saveRecoveryCodes"] = async () => ok("/home/me/recovery-codes-bob.txt");
  printRecoveryCodes: Host["printRecoveryCodes"] = async () => ok(this.secondFactors.prints);
  newRecoveryCodes: Host["newRecoveryCodes"] = async (username, password) =>
    this.passwords.get(username) === password
      ? ok({ enrollment: 99, codes: this.secondFactors.recovery })
      : refuse(wireError({ area: "second_factor", code: "wrong_password" }));
  removeSecondFactor: Host["removeSecondFactor"] = async (username, password) => {
    if (this.passwords.get(username) !== password)
      return refuse(wireError({ area: "second_factor", code: "wrong_password" }));
    this.factors.delete(username);
    return this.change(username, { second_factor: "off", active_sessions: 0 });
  };

  #enrollment(view: EnrollmentView | null): Answer<EnrollmentView> {
    return view ? ok(view) : refuse(wireError({ area: "second_factor", code: "closed" }));
  }
}
