// The texts that come from outside the page: the clipboard and files.
import type { WireError } from "../../api/bindings.gen";
import { type Host, settled } from "../../platform/host";

const LARGEST_FILE = 8 * 1024 * 1024;

/** A text to inspect, or why there is none. */
export type Input = { text: string } | { problem: WireError | string };

export async function fromClipboard(host: Host): Promise<Input> {
  const answer = await settled(host.readClipboard());
  if (answer.status === "error") return { problem: answer.error };
  return answer.data.trim() === ""
    ? { problem: "The clipboard holds only white space. Copy a token first." }
    : { text: answer.data };
}

export async function fromFile(file: File): Promise<Input> {
  if (file.size > LARGEST_FILE)
    return {
      problem: `${file.name} is larger than 8 MB. Tokens are smaller: check that it is the right file.`,
    };
  const text = await file.text();
  return text.trim() === ""
    ? { problem: `${file.name} is empty. Choose a file that holds a token.` }
    : { text };
}
