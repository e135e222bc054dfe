// Why the database cannot be used.
import type { StoreProblem } from "../bindings.gen";
import { type Explanation, unknown } from "./explanation";

export function store(problem: StoreProblem): Explanation {
  switch (problem.code) {
    case "read_only":
      return {
        sentence: `${problem.file} cannot be written.`,
        fix: "Make the file and its folder writable for you, then try again.",
      };
    case "full":
      return {
        sentence: `The disk that holds ${problem.file} is full.`,
        fix: "Free some space, then try again.",
      };
    case "missing":
      return {
        sentence: `${problem.file} is gone, though this profile was in use.`,
        fix: "Put a backup in its place and try again, or start over.",
      };
    case "damaged":
      return {
        sentence: `${problem.file} is damaged and cannot be read.`,
        fix: "Put a backup in its place and try again, or start over.",
      };
    case "newer":
      return {
        sentence: `${problem.file} was written by a newer version of Token Workbench.`,
        fix: "Update Token Workbench, or use another profile: start it with `--profile NAME`.",
      };
    case "busy":
      return {
        sentence: `Another program keeps ${problem.file} busy.`,
        fix: "Wait for it to finish or close it, then try again.",
      };
    case "failed":
      return {
        sentence: `${problem.file} could not be used.`,
        fix: "See what the system said, then try again.",
      };
    default:
      return unknown(problem);
  }
}
