// Short messages in the corner: successes disappear by themselves, failures stay until dismissed.
import { createContext } from "svelte";

export interface Toast {
  id: number;
  kind: "success" | "error";
  title: string;
  message?: string;
  action?: { label: string; run: () => void };
}

const STAY_MS = 4000;
const MOST = 3;

export class Toasts {
  list = $state<Toast[]>([]);
  #next = 1;

  success(title: string, message?: string): void {
    const id = this.#push({ kind: "success", title, message });
    setTimeout(() => this.dismiss(id), STAY_MS);
  }

  error(title: string, message?: string, action?: Toast["action"]): void {
    this.#push({ kind: "error", title, message, action });
  }

  dismiss(id: number): void {
    this.list = this.list.filter((toast) => toast.id !== id);
  }

  #push(toast: Omit<Toast, "id">): number {
    const id = this.#next++;
    const others = this.list.filter((one) => one.title !== toast.title || one.message !== toast.message);
    this.list = [...others, { ...toast, id }].slice(-MOST);
    return id;
  }
}

export const [useToasts, provideToasts] = createContext<Toasts>();
