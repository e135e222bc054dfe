// The segments of compact tokens: their names and colour classes.
import type { Report, SegmentKind } from "../../../api/bindings.gen";

export const segmentNames: Record<SegmentKind, string> = {
  header: "Header",
  payload: "Payload",
  signature: "Signature",
  encrypted_key: "Key",
  initialization_vector: "IV",
  ciphertext: "Ciphertext",
  authentication_tag: "Tag",
  extra: "Extra",
};

/** Is it a JWE, in any serialization? */
export const isEncrypted = (report: Report) =>
  report.format === "jwe_compact" || report.format === "jwe_json";
