// Second factors in memory: any secret gives the same codes, which depend on the step alone.
import type {
  CodeSettingsView,
  EnrollmentCodes,
  EnrollmentView,
  FoundSecrets,
  WireError,
} from "../../api/bindings.gen";
import { wireError } from "./answers";

export const SECRET = "JOPBDVZMMCXYGXQCZF3DR5A32CKWUJ7D";
const USUAL: CodeSettingsView = { algorithm: "SHA1", digits: 6, period_seconds: 30 };

/** The code of a step. */
export const codeOf = (step: number, digits = 6) =>
  String((step * 7_919_017) % 10 ** digits).padStart(digits, "0");

interface Open {
  username: string;
  view: EnrollmentView;
  used: number | null;
}

export class SecondFactors {
  open = new Map<number, Open>();
  /** What is found in every text and picture. */
  found: FoundSecrets | WireError = wireError({ area: "second_factor", code: "no_secret" });
  recovery = Array.from({ length: 10 }, (_, index) => `code${index}-abcde`);
  /** Does the user print in the system's dialog? */
  prints = true;
  #serial = 0;

  begin(username: string, now: number): EnrollmentView {
    const view: EnrollmentView = {
      enrollment: this.#serial++,
      settings: USUAL,
      expires_at_ms: now + 600_000,
      secret_bits: 160,
      existing: false,
      qr_modules: 41,
      qr_path: "M0 0h7v1h-7z",
      warnings: [],
    };
    this.open.set(view.enrollment, { username, view, used: null });
    return view;
  }

  change(handle: number, change: Partial<EnrollmentView>): EnrollmentView | null {
    const open = this.open.get(handle);
    if (!open) return null;
    open.view = { ...open.view, ...change };
    return open.view;
  }

  codes(handle: number, drift: number, now: number): EnrollmentCodes | null {
    const open = this.open.get(handle);
    if (!open) return null;
    const { digits, period_seconds: period } = open.view.settings;
    const stepAt = (ms: number) => Math.floor(ms / 1000 / period);
    const phone = stepAt(now + drift * 1000);
    const used = open.used;
    return {
      now_ms: now,
      server: [-1, 0, 1].map((offset) => {
        const step = stepAt(now) + offset;
        const isUsed = used !== null && step <= used;
        return { step, begins_at_ms: step * period * 1000, code: codeOf(step, digits), used: isUsed };
      }),
      phone: { step: phone, code: codeOf(phone, digits), next: codeOf(phone + 1, digits) },
      last_used_step: used,
    };
  }

  /** Uses up a code; why not, if it is wrong. */
  confirm(handle: number, code: string, now: number): WireError | null {
    const open = this.open.get(handle);
    const codes = this.codes(handle, 0, now);
    if (!open || !codes) return wireError({ area: "second_factor", code: "closed" });
    if (now >= open.view.expires_at_ms) return wireError({ area: "second_factor", code: "lapsed" });
    const { digits, period_seconds: period } = open.view.settings;
    const found = codes.server.find((step) => step.code === code);
    if (found) {
      open.used = found.step;
      return null;
    }
    const present = Math.floor(now / 1000 / period);
    for (let away = -120; away <= 120; away++) {
      if (codeOf(present + away, digits) === code)
        return wireError({ area: "second_factor", code: "other_time", seconds: away * period });
    }
    return wireError({ area: "second_factor", code: "wrong_code" });
  }
}
