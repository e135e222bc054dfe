// The views there are.
export type ViewName = "inspect" | "users";

export const titles: Record<ViewName, string> = { inspect: "Inspect", users: "Users" };
