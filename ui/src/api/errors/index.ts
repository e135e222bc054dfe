// The text of every failure for the user: one sentence on what happened, one on what to do.
import type { WireError } from "../bindings.gen";
import { clipboard } from "./clipboard";
import { clock } from "./clock";
import { edit } from "./edit";
import { type Explanation, unknown } from "./explanation";
import { handover } from "./handover";
import { importing } from "./import";
import { inspect } from "./inspect";
import { jwks } from "./jwks";
import { keyring } from "./keyring";
import { keys } from "./keys";
import { passwords } from "./passwords";
import { policies } from "./policies";
import { program } from "./program";
import { references } from "./references";
import { scopes } from "./scopes";
import { secondFactor } from "./second-factor";
import { sessions } from "./sessions";
import { signIn } from "./sign-in";
import { store } from "./store";
import { users } from "./users";

export type { Explanation };

export function explain(error: WireError): Explanation {
  switch (error.area) {
    case "users":
      return users(error);
    case "scopes":
      return scopes(error);
    case "import":
      return importing(error);
    case "passwords":
      return passwords(error);
    case "sign_in":
      return signIn(error);
    case "second_factor":
      return secondFactor(error);
    case "sessions":
      return sessions(error);
    case "keyring":
      return keyring(error);
    case "keys":
      return keys(error);
    case "store":
      return store(error);
    case "policies":
      return policies(error);
    case "inspect":
      return inspect(error);
    case "edit":
      return edit(error);
    case "jwks":
      return jwks(error);
    case "handover":
      return handover(error);
    case "clock":
      return clock(error);
    case "clipboard":
      return clipboard(error);
    case "references":
      return references(error);
    case "program":
      return program(error);
    default:
      return unknown(error);
  }
}

/** Sentence and fix in one line, where there is room for only one. */
export function explainInLine(error: WireError): string {
  const { sentence, fix } = explain(error);
  return `${/[.!?]$/.test(sentence) ? sentence : `${sentence}.`} ${fix}`;
}
