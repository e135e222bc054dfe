// In-memory sessions: added by a test, listed as the program would list them.
import type {
  FamilyMemberView,
  RaceView,
  RotationView,
  RefreshAnswer,
  SessionDetail,
  SessionListPage,
  SessionListRequest,
  SessionView,
} from "../../api/bindings.gen";

/** A session with a family of `generations` tokens, of which only the last may be used. */
export function sessionOf(
  username: string,
  given: Partial<SessionView> = {},
  generations = 1,
  now = Date.now(),
): SessionDetail {
  const sid = given.sid ?? `ses_${username}`;
  const member = (generation: number): FamilyMemberView => {
    const issued = now - (generations - generation) * 600_000;
    const isLast = generation === generations - 1;
    return {
      generation,
      jti: `${sid}-r${generation}`,
      issued_at_ms: issued,
      used_at_ms: isLast ? null : issued + 600_000,
      active: isLast,
      replaced: false,
      access_jti: `${sid}-a${generation}`,
      access_expires_at_ms: issued + 900_000,
      access_refused: given.state?.kind === "ended",
    };
  };
  return {
    session: {
      sid,
      minted: false,
      username,
      started_at_ms: now - generations * 600_000,
      last_used_at_ms: now - 60_000,
      expires_at_ms: now + 604_800_000,
      scopes: ["items:read"],
      amr: ["pwd"],
      state: { kind: "active" },
      ...given,
    },
    family: Array.from({ length: generations }, (_, generation) => member(generation)),
    replay: null,
    forgiven: [],
    held: [],
    rotation: { kind: "strict" },
    active_of_user: given.state && given.state.kind !== "active" ? 0 : 1,
    short_lived: false,
  };
}

export class Sessions {
  all: SessionDetail[] = [];
  /** The answers to the next refreshes. */
  refreshes: RefreshAnswer[] = [];

  of(sid: string): SessionDetail | undefined {
    const found = this.all.find((one) => one.session.sid === sid);
    return found && { ...found };
  }

  /** A race in which the prepared answers came, in this order. */
  raced(requests: number): RaceView {
    const lane = (answer: RefreshAnswer, index: number) => ({
      number: index + 1,
      sent_us: 0,
      decides_us: index * 500,
      decided_us: index * 500 + 400,
      answered_us: index * 500 + 900,
      answer,
    });
    const preset = (rotation: RotationView, won: number) => ({ rotation, won, ends: won < requests });
    return {
      at_ms: Date.now(),
      rotation: { kind: "strict" },
      lanes: this.refreshed(requests).map(lane),
      presets: [
        preset({ kind: "strict" }, 1),
        preset({ kind: "grace", seconds: 10 }, requests),
        preset({ kind: "evidence" }, requests),
        preset({ kind: "none" }, requests),
      ],
    };
  }

  refreshed(requests: number): RefreshAnswer[] {
    return this.refreshes.splice(0, requests);
  }

  /** Revokes sessions and returns how many. */
  end(which: (session: SessionView) => boolean): number {
    const ended = this.all.filter((one) => which(one.session));
    for (const one of ended) {
      one.session = {
        ...one.session,
        state: { kind: "ended", at_ms: Date.now(), reason: "revoked" },
      };
    }
    return ended.length;
  }

  /** The list as the program returns it, page by page. */
  listed({ text, active, sort, descending, after, most }: SessionListRequest): SessionListPage {
    const found = this.all
      .map((one) => one.session)
      .filter((one) => [one.username, one.sid, ...one.scopes].some((part) => part.includes(text)));
    const isActive = (one: SessionView) => one.state.kind === "active";
    const value = (one: SessionView): string | number =>
      ({
        user: one.username,
        sid: one.sid,
        started: one.started_at_ms,
        last_used: one.last_used_at_ms,
        ends: one.expires_at_ms ?? Number.MAX_SAFE_INTEGER,
      })[sort];
    const shown = found
      .filter((one) => active === null || isActive(one) === active)
      .sort((a, b) => (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0) * (descending ? -1 : 1));
    const from = after === null ? 0 : Number(after);
    return {
      sessions: shown.slice(from, from + most),
      next: from + most < shown.length ? String(from + most) : null,
      all: found.length,
      active: found.filter(isActive).length,
    };
  }
}
