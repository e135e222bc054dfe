// The words for where a scope is used.
import type { ScopeUseView, WireError } from "../../api/bindings.gen";
import { count } from "../../shared/time/format";

/** "Held by alice, bob and 3 more. Required by the policy Orders." */
export function usedWhere(scope: ScopeUseView): string {
  const more = scope.holders - scope.first_holders.length;
  const names = scope.first_holders.join(", ");
  const held =
    scope.holders === 0
      ? "Held by nobody."
      : more > 0
        ? `Held by ${names} and ${count(more)} more.`
        : `Held by ${names}.`;
  if (scope.policies.length === 0) return held;
  const which = scope.policies.length === 1 ? "the policy" : "the policies";
  return `${held} Required by ${which} ${scope.policies.join(", ")}.`;
}

/** The field that a refusal is about; null if it is about none. */
export function scopeFieldOf(error: WireError): "name" | "description" | null {
  if (error.area !== "scopes") return null;
  if (error.code.startsWith("name_") || error.code === "taken") return "name";
  return error.code.startsWith("description_") ? "description" : null;
}
