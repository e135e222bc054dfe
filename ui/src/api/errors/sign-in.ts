// Why a sign-in failed.
import type { SignInProblem } from "../bindings.gen";
import { type Explanation, unknown } from "./explanation";

export function signIn(problem: SignInProblem): Explanation {
  switch (problem.code) {
    case "wrong_credentials":
      return { sentence: "Incorrect username or password", fix: "Check both and sign in again." };
    case "pending_invalid":
      return {
        sentence: "This sign-in has expired or is no longer valid.",
        fix: "Start again with the password.",
      };
    case "wrong_code":
      return {
        sentence: "The code is not right.",
        fix: "Check the clock of the authenticator, and type the code it shows now.",
      };
    case "code_of_other_time": {
      const minutes = Math.round(Math.abs(problem.seconds) / 30) / 2;
      const span = `${minutes} minute${minutes === 1 ? "" : "s"}`;
      return problem.seconds < 0
        ? {
            sentence: `This code is ${span} old.`,
            fix: "Type the code that the authenticator shows now. If this is it, its clock is behind.",
          }
        : {
            sentence: `This code belongs to a time ${span} from now.`,
            fix: "Compare the clock of the authenticator with that of this computer.",
          };
    }
    case "code_length":
      return {
        sentence: `This code has ${problem.typed} digits where ${problem.digits} are needed.`,
        fix: "Type the whole code.",
      };
    case "too_many_tries":
      return {
        sentence: "There were too many wrong codes, so this one was not looked at.",
        fix: "Wait, then try it again.",
      };
    case "used_code":
      return { sentence: "This code was used already.", fix: "Wait for the next one." };
    case "used_recovery_code":
      return {
        sentence: "This recovery code was used already.",
        fix: "Use another one, and make new ones once you are signed in.",
      };
    case "user_inactive":
      return {
        sentence: "The password is right, but this user is switched off.",
        fix: "Switch the user on in Users, then sign in again.",
      };
    default:
      return unknown(problem);
  }
}
