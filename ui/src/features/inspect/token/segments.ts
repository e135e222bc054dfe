// The segments of compact tokens: their names and colour classes.
import type { Report, Segment, SegmentKind } from "../../../api/bindings.gen";

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

/** The parts of a JWE after its header, with descriptions (RFC 7516 section 7.1). */
const encrypted = {
  encrypted_key: "The content's key, encrypted for the recipient",
  initialization_vector: "Initialization vector",
  ciphertext: "The encrypted content",
  authentication_tag: "Proves that nothing was changed",
} as const;

export interface EncryptedPart {
  name: string;
  meaning: string;
  bytes: number;
}

const isPart = (kind: SegmentKind): kind is keyof typeof encrypted => kind in encrypted;

export function encryptedParts(segments: readonly Segment[]): EncryptedPart[] {
  return segments.flatMap(({ kind, start, end }) =>
    isPart(kind)
      ? [
          {
            name: segmentNames[kind],
            meaning:
              kind === "encrypted_key" && start === end
                ? "Empty: the key is agreed on or shared"
                : encrypted[kind],
            // Four characters of base64url encode three bytes.
            bytes: Math.floor(((end - start) * 3) / 4),
          },
        ]
      : [],
  );
}

/** Is it a JWE, in any serialization? */
export const isEncrypted = (report: Report) =>
  report.format === "jwe_compact" || report.format === "jwe_json";
