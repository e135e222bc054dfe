// Formats durations, times and counts. Takes seconds, returns text; reads no clock.

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;
const YEAR = 365 * DAY;

/** The last second a Date can hold. */
const LAST = 8_640_000_000_000;

/** Can a Date represent that time? */
const reached = (seconds: number) => Math.abs(seconds) <= LAST;

const thin = "\u2009";

/** `1 048 576`: with thin spaces, for counts only, never for data that can be copied. */
export function count(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, thin);
}

/** `2 m 3 s`, `17 m`, `6 d 23 h`: two units at most, the second only while it matters. */
export function magnitude(seconds: number): string {
  const total = Math.abs(Math.trunc(seconds));
  if (total < MINUTE) return `${total} s`;
  const [big, bigName, small, smallName] =
    total < HOUR
      ? [MINUTE, "m", 1, "s"]
      : total < DAY
        ? [HOUR, "h", MINUTE, "m"]
        : total < YEAR
          ? [DAY, "d", HOUR, "h"]
          : [YEAR, "y", DAY, "d"];
  const rest = Math.floor((total % big) / small);
  const first = `${count(Math.floor(total / big))} ${bigName}`;
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}

/** The same in words, for screen readers: "2 minutes 3 seconds". */
export function spoken(seconds: number): string {
  const words: Record<string, string> = { s: "second", m: "minute", h: "hour", d: "day", y: "year" };
  return magnitude(seconds)
    .replace(
      /(\S+) ([smhdy])(?= |$)/g,
      (_, n: string, unit: string) => `${n} ${words[unit]}${n === "1" ? "" : "s"}`,
    )
    .replaceAll(thin, "");
}

/** "in 13 m 41 s", "2 m 3 s ago", "now". */
export function relative(seconds: number, now: number): string {
  const distance = seconds - now;
  if (distance === 0) return "now";
  // Seconds matter for the future, but not for what was a while ago.
  if (distance <= -10 * MINUTE && distance > -HOUR) return `${magnitude(distance - (distance % MINUTE))} ago`;
  return distance > 0 ? `in ${magnitude(distance)}` : `${magnitude(distance)} ago`;
}

/** `48 s ago`, `2 m ago`, `6 d ago`: one unit, for lists; `now` within a second, or ahead. */
export function roughlyAgo(seconds: number, now: number): string {
  const distance = now - seconds;
  return distance < 1 ? "now" : `${magnitude(distance).split(" ", 2).join(" ")} ago`;
}

/** `13:41`, `4:57`, `1:13:41`, `6 d 23 h`. */
export function countdown(seconds: number): string {
  const total = Math.max(0, Math.trunc(seconds));
  if (total >= DAY) return magnitude(total);
  const h = Math.floor(total / HOUR);
  const minutes = Math.floor((total % HOUR) / MINUTE);
  const rest = `:${two(total % MINUTE)}`;
  return h > 0 ? `${h}:${two(minutes)}${rest}` : `${minutes}${rest}`;
}

/** `23 h 59 m`, `13:41`: for lists. Seconds are shown in the last hour only, since many rows take long to lay out. */
export const roughCountdown = (seconds: number): string =>
  seconds >= HOUR ? magnitude(seconds) : countdown(seconds);

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (n: number) => String(n).padStart(2, "0");

/** `14:32:07` in local time, or dashes if out of a Date's range. */
export function clockTime(seconds: number): string {
  if (!reached(seconds)) return "--:--:--";
  const date = new Date(seconds * 1000);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `14:32` in local time. */
export function shortTime(seconds: number): string {
  return clockTime(seconds).slice(0, 5);
}

/** `23 Nov`, with the year unless it is the current one. */
export function day(seconds: number, now: number): string {
  if (!reached(seconds)) return "beyond any calendar";
  const date = new Date(seconds * 1000);
  const year = date.getFullYear();
  const name = `${date.getDate()} ${months[date.getMonth()]}`;
  return year === new Date(now * 1000).getFullYear() ? name : `${name} ${year}`;
}

/** `23 Nov 14:30:04`, or a note if out of a Date's range. */
export function moment(seconds: number, now: number): string {
  if (!reached(seconds)) return "beyond any calendar";
  return `${day(seconds, now)} ${clockTime(seconds)}`;
}

/** `2026-11-23T13:30:04Z`, or a note if out of a Date's range. */
export function utc(seconds: number): string {
  if (!reached(seconds)) return "beyond any calendar";
  return new Date(seconds * 1000).toISOString().replace(".000", "");
}

/** The time alone if it is today, else day and time without seconds, for lists. */
export function recentMoment(seconds: number, now: number): string {
  const today = day(seconds, now) === day(now, now);
  return today ? clockTime(seconds) : `${day(seconds, now)} ${shortTime(seconds)}`;
}

/** "CET": the local time zone's abbreviation at that time. */
export function zoneName(seconds: number): string {
  if (!reached(seconds)) return "local time";
  const parts = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" }).formatToParts(seconds * 1000);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "local time";
}
