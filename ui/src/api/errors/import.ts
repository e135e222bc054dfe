// Why users, or a line of a file, are not imported.
import type { ImportProblem } from "../bindings.gen";
import { IMPORT_BYTES, IMPORT_COLUMNS, IMPORT_USERS } from "../limits.gen";
import { grouped, megabytes } from "../../shared/text/sizes";
import { type Explanation, unknown } from "./explanation";

export function importing(problem: ImportProblem): Explanation {
  switch (problem.code) {
    case "too_large":
      return {
        sentence: `The file has more than ${grouped(IMPORT_USERS)} users or ${megabytes(IMPORT_BYTES)}.`,
        fix: "Split it.",
      };
    case "empty":
      return {
        sentence: "The file has no users.",
        fix: "A CSV file needs a line with the columns’ names and a line for each user.",
      };
    case "unreadable":
      return {
        sentence: "The file is neither CSV nor JSON that can be read.",
        fix: `The reader says: ${problem.system}.`,
      };
    case "columns":
      return {
        sentence: `The column “${problem.column}” stands twice, or there are more than ${IMPORT_COLUMNS}.`,
        fix: "Rename or remove columns, then open the file again.",
      };
    case "fields":
      return {
        sentence: "No column holds the username.",
        fix: "Press Change and say which column does.",
      };
    case "too_many_passwords":
      return {
        sentence: `At most ${problem.maximum} passwords in clear text are imported at once.`,
        fix: "Each takes a while to hash. Split the file.",
      };
    case "changed":
      return {
        sentence: "Users or scopes have changed meanwhile, so nothing was imported.",
        fix: "The list shows what would happen now. Check it and import again.",
      };
    case "nothing":
      return { sentence: "No line would change anything.", fix: "Correct the file and open it again." };
    case "line_fields":
      return {
        sentence: `The line has ${problem.found} fields, the header ${problem.expected}.`,
        fix: "A text with commas needs quotes.",
      };
    case "line_no_object":
      return { sentence: "The line is not a JSON object.", fix: "Write one object on each line." };
    case "line_twice":
      return { sentence: `Line ${problem.line} has the same username.`, fix: "Remove one of them." };
    case "not_written":
      return {
        sentence: `${problem.file} could not be written.`,
        fix: `The system says: ${problem.system}.`,
      };
    default:
      return unknown(problem);
  }
}
