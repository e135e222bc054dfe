// Areas with one or two problems each.
import type {
  ClipboardProblem,
  ClockProblem,
  InspectProblem,
  ProgramProblem,
  ReferenceProblem,
  SessionProblem,
} from "../bindings.gen";
import { type Explanation, unknown } from "./explanation";

export function sessions(problem: SessionProblem): Explanation {
  switch (problem.code) {
    case "token_not_held":
      return {
        sentence: "This window does not hold that token.",
        fix: "Sign in again here. Only hashes of refresh tokens are stored.",
      };
    default:
      return unknown(problem.code);
  }
}

export function inspect(problem: InspectProblem): Explanation {
  switch (problem.code) {
    case "overtaken":
      return { sentence: "Something newer was pasted.", fix: "Paste this one again." };
    default:
      return unknown(problem.code);
  }
}

export function clock(problem: ClockProblem): Explanation {
  switch (problem.code) {
    case "out_of_range":
      return { sentence: "The clock can show the years 1 to 9999.", fix: "Choose a time within them." };
    default:
      return unknown(problem.code);
  }
}

export function clipboard(problem: ClipboardProblem): Explanation {
  switch (problem.code) {
    case "empty":
      return { sentence: "The clipboard holds no text.", fix: "Copy a token first, then paste again." };
    case "failed":
      return { sentence: "The clipboard did not answer.", fix: "Try again, or paste into the token field." };
    default:
      return unknown(problem);
  }
}

export function references(problem: ReferenceProblem): Explanation {
  switch (problem.code) {
    case "elsewhere":
      return { sentence: "Only specifications are opened.", fix: "Copy the address, and open it yourself." };
    case "no_browser":
      return { sentence: "No browser could be started.", fix: "Copy the address, and open it yourself." };
    default:
      return unknown(problem);
  }
}

export function program(problem: ProgramProblem): Explanation {
  switch (problem.code) {
    case "gesture_required":
      return { sentence: "This needs a click or a key press in this window.", fix: "Try again." };
    case "internal":
      return {
        sentence: "Something happened that should not.",
        fix: "Try again. If it comes back, report it with the text below.",
      };
    default:
      return unknown(problem);
  }
}
