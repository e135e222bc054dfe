// The list of recent tokens.
import type { Report } from "../../../api/bindings.gen";
import { idOf, type Recent, remember } from "./recent";

export class RecentTokens {
  list = $state.raw<readonly Recent[]>([]);

  /** Puts a token first, in place of the newest entry while it is being typed. */
  remember(text: string, report: Report, at: number, replaceNewest: boolean): void {
    this.list = remember(this.list, text, report, at, replaceNewest);
  }

  /** Updates the outcome of a token that was judged again. */
  judge(text: string, report: Report): void {
    const outcome = report.verdict.outcome;
    this.list = this.list.map((one) => (one.token === idOf(text, report) ? { ...one, outcome } : one));
  }

  drop(text: string): void {
    this.list = this.list.filter((one) => one.text !== text);
  }

  forget(): void {
    this.list = [];
  }
}
