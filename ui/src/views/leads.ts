// Opens what something leads to: a session, a user or a key, each in its view.
import { useKeys } from "../features/keys/keys.svelte";
import { useSessions } from "../features/sessions/sessions.svelte";
import { useUsers } from "../features/users/users.svelte";
import type { ViewName } from "./props";

export function useLeads(ongo: (view: ViewName) => void) {
  const users = useUsers();
  const sessions = useSessions();
  const keys = useKeys();
  return {
    onsession: (sid: string) => {
      ongo("sessions");
      sessions.choose(sid);
    },
    onuser: (username: string) => {
      ongo("users");
      void users.open(username);
    },
    onkey: (kid: string) => {
      ongo("keys");
      keys.choose(kid);
    },
  };
}
