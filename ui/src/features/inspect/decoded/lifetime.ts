// The state of a token's lifetime at a given time, in words and as a share. Pure.
import type { Report, Times } from "../../../api/bindings.gen";
import { countdown, magnitude, moment, relative } from "../../../shared/time/format";
import { SHOWN_WHOLE } from "../token/pieces";

export interface Lifetime {
  /** `leeway`: outside its times, but still accepted. */
  state: "valid" | "leeway" | "expired" | "early" | "endless" | "none";
  /** `13:41`, "Expired". */
  title: string;
  /** "of 15:00 left", "2 m 3 s ago". */
  detail: string;
  /** The share of the lifetime that is left, 0 to 1. */
  share: number;
}

/** `left`: what follows the whole lifetime, "of 15:00 left". */
export function lifetime(times: Times, now: number, leeway: number, left = " left"): Lifetime {
  const { issued_at, not_before, expires_at } = times;
  if (not_before !== null && now < not_before) {
    const detail = `starts ${relative(not_before, now)}`;
    if (now >= not_before - leeway) return { state: "leeway", title: "Within leeway", detail, share: 0 };
    return { state: "early", title: "Not yet valid", detail, share: 0 };
  }
  if (expires_at === null) {
    if (issued_at === null && not_before === null) {
      return { state: "none", title: "No times", detail: "No iat, nbf or exp to draw", share: 0 };
    }
    return { state: "endless", title: "Never expires", detail: "There is no exp claim", share: 0 };
  }
  if (now >= expires_at) {
    const rest = expires_at + leeway - now;
    if (rest > 0) {
      const detail = `${magnitude(rest)} of ${magnitude(leeway)} left`;
      return { state: "leeway", title: "Within leeway", detail, share: 0 };
    }
    return { state: "expired", title: "Expired", detail: relative(expires_at, now), share: 0 };
  }
  const start = not_before ?? issued_at;
  const whole = start === null ? null : expires_at - start;
  return {
    state: "valid",
    title: countdown(expires_at - now),
    detail: whole === null ? "left" : `of ${countdown(whole)}${left}`,
    share: whole === null || whole <= 0 ? 1 : (expires_at - now) / whole,
  };
}

/** The same for screen readers. */
export function describe(times: Times, now: number, leeway: number): string {
  const line = (name: string, time: number | null) =>
    time === null ? [] : [`${name} ${moment(time, now)}, ${relative(time, now)}`];
  return [
    ...line("Issued", times.issued_at),
    ...line("not before", times.not_before),
    ...line("expires", times.expires_at),
    ...(leeway > 0 ? [`leeway ${magnitude(leeway)}`] : []),
  ].join("; ");
}

/** The announcement when `left` seconds remain; empty in between. */
export function announcement(left: number, before: number): string | null {
  if (before > 0 && left <= 0) return "The token has expired";
  const mark = [10, 60].find((one) => before > one && left <= one);
  if (mark !== undefined) return `${mark} seconds left`;
  return null;
}

/** The times at which a verdict may change by itself. */
export function boundaries(times: Times, leeway: number): number[] {
  const around = (time: number | null) => (time === null ? [] : [time - leeway, time, time + leeway]);
  return [...around(times.issued_at), ...around(times.not_before), ...around(times.expires_at)];
}

/** How often the report's sentences ("exp passed 2 m 3 s ago") have to be refreshed, in seconds. */
export function cadence(times: Times, now: number): number | null {
  const own = [times.issued_at, times.not_before, times.expires_at].filter((time) => time !== null);
  if (own.length === 0) return null;
  return Math.min(...own.map((time) => Math.abs(time - now))) < 3600 ? 1 : 60;
}

/** Has one of the token's times passed since it was judged, or are the sentences outdated? */
export function isOutdated({ times, policy, token }: Report, now: number): boolean {
  const asked = times.now;
  const every = cadence(times, now);
  return (
    boundaries(times, policy.leeway).some((at) => asked < at && at <= now) ||
    (every !== null && token.length <= SHOWN_WHOLE && now - asked >= every)
  );
}
