// A key from a file: small, and not always text.
import { mebibytes } from "./sizes";

export const inBase64 = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/** Text as it is; anything else, such as DER or a secret's bytes, in base64. */
function read(bytes: Uint8Array): { text: string; form?: "base64" } {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // Editors end a file with a line break that is not part of a secret.
    return { text: text.replace(/\r?\n$/, "") };
  } catch {
    return { text: inBase64(bytes), form: "base64" };
  }
}

/** What a file holds, or why it cannot be a key: `largest` is in bytes. */
export async function keyOf(file: File, largest: number): Promise<ReturnType<typeof read> | { why: string }> {
  if (file.size > largest)
    return {
      why: `${file.name} is larger than ${mebibytes(largest)}. Keys are smaller: check that it is the right file.`,
    };
  return read(new Uint8Array(await file.arrayBuffer()));
}
