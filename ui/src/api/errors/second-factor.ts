// Why a second factor was not set up, changed or removed.
import type { SecondFactorProblem } from "../bindings.gen";
import { PICTURE_BYTES, PICTURE_SIDE } from "../limits.gen";
import { grouped, mebibytes } from "../../shared/text/sizes";
import { magnitude } from "../../shared/time/format";
import { type Explanation, unknown } from "./explanation";

export function secondFactor(problem: SecondFactorProblem): Explanation {
  switch (problem.code) {
    case "closed":
      return { sentence: "This sheet was closed.", fix: "Close it and open it again." };
    case "already_on":
      return { sentence: "There is a second factor already.", fix: "Remove it, then enroll again." };
    case "off":
      return { sentence: "There is no second factor.", fix: "It was removed meanwhile." };
    case "lapsed":
      return {
        sentence: "The time to confirm a code is over.",
        fix: "Start again: the phone needs the new QR code.",
      };
    case "wrong_code":
      return {
        sentence: "No code within an hour of now is this one.",
        fix: "Check that the phone scanned this QR code, and type what it shows now.",
      };
    case "other_time":
      return {
        sentence: `This code belongs to a time ${magnitude(problem.seconds)} ${problem.seconds < 0 ? "ago" : "from now"}.`,
        fix: `The phone’s clock is that far ${problem.seconds < 0 ? "behind, or the code is old" : "ahead"}. Set it, then type what the phone shows.`,
      };
    case "wrong_password":
      return {
        sentence: "The password is not right.",
        fix: "Check it and try again.",
      };
    case "user_gone":
      return { sentence: "The user was deleted meanwhile.", fix: "Nothing was saved." };
    case "too_long_for_qr":
      return {
        sentence: "The account’s names are too long for a QR code.",
        fix: "Use a secret with shorter names.",
      };
    case "no_secret":
      return {
        sentence: "This is not an otpauth URI, a migration URI or a secret in base32.",
        fix: "Paste the whole of it, such as otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP.",
      };
    case "migration_damaged":
      return { sentence: "The data of the migration URI is damaged.", fix: "Copy the whole URI." };
    case "migration_empty":
      return { sentence: "The migration URI holds no account.", fix: "Export the accounts again." };
    case "picture_too_large":
      return {
        sentence: `The picture is larger than ${mebibytes(PICTURE_BYTES)} or ${grouped(PICTURE_SIDE)} pixels on a side.`,
        fix: "Cut out the QR code and save it.",
      };
    case "picture_unreadable":
      return {
        sentence: "The file is not a PNG or JPEG picture that can be read.",
        fix: "Save the picture as PNG or JPEG.",
      };
    case "picture_without_qr":
      return {
        sentence: "No QR code was found in the picture.",
        fix: "The whole code must be in it, sharp and with a margin.",
      };
    case "qr_is_other":
      return {
        sentence: "The QR code holds something else, not a secret.",
        fix: "Choose the picture of the code that an authenticator app scans.",
      };
    default:
      return unknown(problem);
  }
}
