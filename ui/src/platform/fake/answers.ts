// The answers of the fake program, good and bad.
import type { Failure, StoreProblem, WireError } from "../../api/bindings.gen";
import type { Answer } from "../host";

export const ok = <T>(data: T): Answer<T> => ({ status: "ok", data });
export const refuse = <T>(error: WireError): Answer<T> => ({ status: "error", error });

export const wireError = (failure: Failure): WireError => ({ message: failure.code, ...failure });

/** An unusable database, by error code. */
export function storeError(code: StoreProblem["code"], file: string): WireError {
  switch (code) {
    case "newer":
      return wireError({ area: "store", code, file, found: 99, known: 4 });
    case "read_only":
    case "damaged":
    case "failed":
      return wireError({ area: "store", code, file, system: "file is not a database" });
    default:
      return wireError({ area: "store", code, file });
  }
}
