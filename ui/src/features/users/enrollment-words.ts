// What an enrollment looks like in words.
import type { AppWarningView, CodeSettingsView } from "../../api/bindings.gen";
import { magnitude } from "../../shared/time/format";
import type { Enrollment } from "./enrollment.svelte";

/** "TOTP SHA1, 6 digits, 30 s" */
export const settingWords = (settings: CodeSettingsView) =>
  `TOTP ${settings.algorithm}, ${settings.digits} digits, ${settings.period_seconds} s`;

/** "Step +1" */
export const stepName = (offset: number) =>
  `Step ${offset < 0 ? "\u2212" : offset > 0 ? "+" : ""}${Math.abs(offset)}`;

/** "136 941", "1369 4104": in two halves, as apps show it. */
export function grouped(code: string): string {
  const half = Math.ceil(code.length / 2);
  return `${code.slice(0, half)} ${code.slice(half)}`;
}

/** "+26 s" */
export const signed = (seconds: number) =>
  `${seconds < 0 ? "\u2212" : seconds > 0 ? "+" : ""}${Math.abs(seconds)} s`;

/** What would happen to the code that was typed, or else to the one that the phone shows. */
export function outlook(work: Enrollment): { passes: boolean; title: string; detail: string } | null {
  if (!work.codes) return null;
  const { match, phoneOffset, drift } = work;
  const whose = work.typed === "" ? "The phone’s code would" : "Would";
  const away = drift === 0 ? null : `Phone is ${magnitude(drift)} ${drift < 0 ? "behind" : "ahead"}`;
  const within = phoneOffset !== null && Math.abs(phoneOffset) <= 1;
  const clocks =
    away === null ? "Both clocks agree" : `${away}, ${within ? "still in" : "outside"} the window`;
  if (match?.used) {
    return { passes: false, title: `${whose} be refused: used already`, detail: "Wait for the next code" };
  }
  if (match) {
    const isPhones = work.codes.phone?.code.startsWith(work.typed) ?? false;
    return {
      passes: true,
      title: `${whose} pass as ${stepName(match.offset).toLowerCase()}`,
      detail: isPhones ? clocks : "From another phone than the virtual one",
    };
  }
  if (phoneOffset === null && work.typed === "") {
    return { passes: false, title: "The phone shows no code", detail: "Its clock is before 1970" };
  }
  const title = `${whose} be refused`;
  if (work.typed === "") return { passes: false, title, detail: clocks };
  return { passes: false, title, detail: "None of the three accepted codes begins like this" };
}

const settingNames = { algorithm: "the algorithm", digits: "the number of digits", period: "the period" };

/** "Google Authenticator and Authy ignore the algorithm and show wrong codes." */
export function warningWords({ setting, apps }: AppWarningView): string {
  const last = apps.at(-1) ?? "";
  const names = apps.length > 1 ? `${apps.slice(0, -1).join(", ")} and ${last}` : last;
  const many = apps.length > 1;
  return `${names} ${many ? "ignore" : "ignores"} ${settingNames[setting]} and ${many ? "show" : "shows"} wrong codes.`;
}
