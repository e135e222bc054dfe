// Answers about users.
import type {
  ImportPlanView,
  ImportRequest,
  ScopeUseView,
  UserSecurity,
  WireError,
} from "../../../api/bindings.gen";
import { ok, refuse, wireError } from "../answers";
import { views } from "../recorded";
import { listed, ratingOf, refusalOf, userOf } from "../users";
import type { Host } from "../../host";
import { Profile } from "./profile";

/** Users, their scopes, and importing them. */
export class People extends Profile {
  listUsers: Host["listUsers"] = async (request) => ok(listed(this.users, request));
  showUser: Host["showUser"] = async (username) => {
    const found = this.users.find((user) => user.username === username);
    return ok(found ? { ...found } : null);
  };
  listScopes = async () => ok(views.scopes);

  createUser: Host["createUser"] = async (user) => {
    const refusal = refusalOf(user, this.users);
    if (refusal) return refuse(refusal);
    const { password, ...rest } = user;
    const made = userOf(rest);
    this.users.push(made);
    this.passwords.set(user.username, password);
    return ok({ ...made });
  };

  setUserActive: Host["setUserActive"] = async (username, active) => this.change(username, { active });
  setUserScopes: Host["setUserScopes"] = async (username, scopes) => this.change(username, { scopes });

  resetFailures: Host["resetFailures"] = async (username) => this.change(username, { lock: null });

  editUser: Host["editUser"] = async (username, { scopes, ...details }) => {
    if (details.email !== "" && !details.email.includes("@"))
      return refuse(wireError({ area: "users", code: "email_invalid" }));
    return this.change(username, scopes ? { ...details, scopes } : details);
  };
  setUserPassword: Host["setUserPassword"] = async (username, password) => {
    const refusal = ratingOf(password, username).refusal;
    if (refusal) return refuse(refusal);
    this.passwords.set(username, password);
    return this.change(username, { lock: null, active_sessions: 0 });
  };
  deleteUser: Host["deleteUser"] = async (username) => {
    const found = this.users.find((user) => user.username === username);
    if (!found) return refuse(wireError({ area: "users", code: "not_found", name: username }));
    this.users = this.users.filter((user) => user !== found);
    return ok(null);
  };
  /** What is told of every user. */
  security: UserSecurity = { failures: 0, second_factor: { state: "off" }, attempts: [] };
  userSecurity: Host["userSecurity"] = async () => ok(this.security);
  generatePassword: Host["generatePassword"] = async () => ok("k7wqm-3xbtz-aw9pf-mm2qz");

  /** Where each scope is used, by name. */
  scopeUses: ScopeUseView[] = views.scopes.map((one) => ({
    ...one,
    holders: 0,
    first_holders: [],
    policies: [],
  }));
  listScopeUses: Host["listScopeUses"] = async () => ok(this.scopeUses);
  saveScope: Host["saveScope"] = async (before, name, description) => {
    if (name.includes(" "))
      return refuse(wireError({ area: "scopes", code: "name_character", character: " " }));
    const saved = { name, description, holders: 0, first_holders: [], policies: [] };
    this.scopeUses = this.scopeUses.some((one) => one.name === before)
      ? this.scopeUses.map((one) => (one.name === before ? { ...one, name, description } : one))
      : [...this.scopeUses, saved];
    return ok(null);
  };
  deleteScope: Host["deleteScope"] = async (name) => {
    this.scopeUses = this.scopeUses.filter((one) => one.name !== name);
    return ok(0);
  };
  /** What every file would do. */
  importPlan: ImportPlanView | WireError = wireError({ area: "import", code: "empty" });
  planned: ImportRequest[] = [];
  planImport: Host["planImport"] = async (request) => {
    this.planned.push(request);
    return "area" in this.importPlan ? refuse(this.importPlan) : ok(this.importPlan);
  };
  importUsers: Host["importUsers"] = async () => ok({ created: 1, updated: 1 });
  /** The files whose report was saved. */
  reported: ImportRequest[] = [];
  saveImportReport: Host["saveImportReport"] = async (request) => {
    this.reported.push(request);
    return ok("/home/me/import-report.csv");
  };
  exportUsers: Host["exportUsers"] = async () => ok("/home/me/users.csv");

  ratePassword: Host["ratePassword"] = async (password, username) => ok(ratingOf(password, username));
}
