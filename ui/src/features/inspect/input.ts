// The texts that come from outside the page: the clipboard and files.
import type { WireError } from "../../api/bindings.gen";
import { TEXT_FILE_BYTES } from "../../api/limits.gen";
import { type Host, settled } from "../../platform/host";
import { inBase64 } from "../../shared/text/key-file";
import { mebibytes } from "../../shared/text/sizes";

/** A text to inspect, or why there is none. */
export type Input = { text: string } | { problem: WireError | string };

export async function fromClipboard(host: Host): Promise<Input> {
  const answer = await settled(host.readClipboard());
  if (answer.status === "error") return { problem: answer.error };
  return pastedText(answer.data);
}

export function pastedText(text: string): Input {
  return text.trim() === ""
    ? { problem: "The clipboard holds only white space. Copy a token first." }
    : { text };
}

/** The bytes as text: UTF-8, or UTF-16 with a byte order mark; `null` if they are neither. */
function textOf(bytes: Uint8Array): string | null {
  const [first, second] = bytes;
  const mark = ((first ?? 0) << 8) | (second ?? 0);
  const encoding = mark === 0xfffe ? "utf-16le" : mark === 0xfeff ? "utf-16be" : "utf-8";
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    // A NUL at the end of a token is a finding; many are another kind of file.
    return text.split("\0").length > 8 ? null : text;
  } catch {
    return null;
  }
}

/** One ASN.1 sequence that is the whole of the bytes, as a key or a certificate in DER is. */
function isDer(bytes: Uint8Array): boolean {
  const [tag, length = 0, high = 0, low = 0] = bytes;
  if (tag !== 0x30) return false;
  if (length === 0x82) return bytes.length === 4 + high * 256 + low;
  return bytes.length === (length === 0x81 ? 3 + high : 2 + length);
}

export async function fromFile(file: File): Promise<Input> {
  if (file.size > TEXT_FILE_BYTES)
    return {
      problem: `${file.name} is larger than ${mebibytes(TEXT_FILE_BYTES)}. Tokens are smaller: check that it is the right file.`,
    };
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = isDer(bytes) ? inBase64(bytes) : textOf(bytes);
  if (text === null) return { problem: `${file.name} is not a text file. Choose a file that holds a token.` };
  return text.trim() === ""
    ? { problem: `${file.name} is empty. Choose a file that holds a token.` }
    : { text };
}
