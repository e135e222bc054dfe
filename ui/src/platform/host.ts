// The interface between the page and the program around it. Derived from the generated bindings, with no hand-written
// types.
import type { commands, WireError, WorkbenchChanged } from "../api/bindings.gen";
import { createContext } from "svelte";

type Commands = typeof commands;

/** Every command of the program, and subscriptions to its events. */
export type Host = Commands & {
  /** Calls `listener` on every change, until the returned function is called. */
  onWorkbenchChanged(listener: (event: WorkbenchChanged) => void): Promise<() => void>;
  /** Calls `listener` whenever a text waits to be taken with `takeHandover`, until the returned function is called. */
  onHandedOver(listener: () => void): Promise<() => void>;
};

/** The result of a command that can fail. */
export type Answer<T> = { status: "ok"; data: T } | { status: "error"; error: WireError };

/** A failure outside the engine: the bridge itself broke. */
export function internalError(cause: unknown): WireError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return { area: "program", code: "internal", message };
}

/** Turns a broken bridge into a regular error, so that callers have one path for failures. */
export async function settled<T>(answer: Promise<Answer<T>>): Promise<Answer<T>> {
  try {
    const settled = await answer;
    // The framework's own refusals (a missing permission, a bad argument) arrive as plain text.
    const plain = settled.status === "error" && typeof settled.error !== "object";
    return plain ? { status: "error", error: internalError(settled.error) } : settled;
  } catch (cause) {
    return { status: "error", error: internalError(cause) };
  }
}

export const [useHost, provideHost] = createContext<Host>();
