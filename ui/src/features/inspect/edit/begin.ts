// A new token, to be edited and signed.
import type { WireError } from "../../../api/bindings.gen";
import { type Host, settled } from "../../../platform/host";

/** A token of these claims or of nothing, not signed yet; or why there is none. */
export async function begin(
  host: Host,
  claims: string | null,
): Promise<{ token: string } | { problem: WireError | string }> {
  const answer = await settled(host.beginToken(claims));
  if (answer.status === "error") return { problem: answer.error };
  if (answer.data === null) return { problem: "Only one JSON object can be signed as claims." };
  return { token: answer.data };
}
