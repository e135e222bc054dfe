// Tests of the error texts: each failure has a sentence and a fix, and limits come from the program.
import { expect, test } from "vitest";
import { wireError } from "../../platform/fake/answers";
import type { Failure } from "../bindings.gen";
import { IMPORT_BYTES, IMPORT_USERS, PICTURE_BYTES } from "../limits.gen";
import { explain, explainInLine } from ".";

type Codes = { [Area in Failure["area"]]: Record<Extract<Failure, { area: Area }>["code"], object> };

/** Every error code, with sample details: a missing one does not compile. */
const samples: Codes = {
  second_factor: {
    closed: {},
    already_on: {},
    off: {},
    lapsed: {},
    wrong_code: {},
    other_time: { seconds: 90 },
    wrong_password: {},
    user_gone: {},
    too_long_for_qr: {},
    no_secret: {},
    migration_damaged: {},
    migration_empty: {},
    picture_too_large: {},
    picture_unreadable: {},
    picture_without_qr: {},
    qr_is_other: {},
  },
  keys: {
    not_found: {},
    active: {},
    retired: {},
    in_use: {},
    name: { most: 40 },
    too_many: {},
    overtaken: {},
    algorithm: { algorithm: "RS256" },
    encrypted: {},
    algorithm_needed: {},
    unusable: { reason: "not a readable key" },
    kid: {},
    known: { kid: "acc-1" },
    no_public_part: {},
  },
  users: {
    username_empty: {},
    username_too_long: { maximum: 64 },
    username_character: { character: " " },
    username_taken: { name: "alice" },
    username_is_client: { name: "workbench" },
    display_name_too_long: { maximum: 100 },
    display_name_character: { character: "U+200B" },
    email_invalid: {},
    scope_unknown: { scope: "items:paint" },
    hash_unreadable: {},
    hash_buggy: {},
    hash_scheme: { scheme: "Argon2" },
    hash_cost: { cost: 31 },
    not_found: { name: "zoe" },
  },
  scopes: {
    name_empty: {},
    name_too_long: { maximum: 64 },
    name_character: { character: '"' },
    taken: { name: "items:read" },
    description_too_long: { maximum: 100 },
    description_character: { character: "U+200B" },
    full: { maximum: 100 },
    not_found: { name: "items:paint" },
  },
  import: {
    too_large: {},
    empty: {},
    unreadable: { system: "expected value at line 1 column 2" },
    columns: { column: "login" },
    fields: {},
    too_many_passwords: { maximum: 200 },
    changed: {},
    nothing: {},
    line_fields: { found: 2, expected: 3 },
    line_no_object: {},
    line_twice: { line: 2 },
    not_written: { file: "/home/me/users.csv", system: "permission denied" },
  },
  passwords: {
    too_short: { minimum: 12 },
    too_long: { maximum: 72 },
    unseen: { character: "U+200B" },
    blank: {},
    common: {},
    guessable: {},
    repeated: {},
    sequence: {},
    weak: {},
  },
  sign_in: {
    wrong_credentials: {},
    pending_invalid: {},
    wrong_code: {},
    code_of_other_time: { seconds: -120 },
    code_length: { digits: 6, typed: 5 },
    too_many_tries: {},
    used_code: {},
    used_recovery_code: {},
    user_inactive: {},
  },
  sessions: { token_not_held: { jti: "tok_1" } },
  keyring: {
    locked: {},
    absent: {},
    denied: {},
    slow: {},
    failed: {},
    key_missing: {},
    key_changed: {},
    passphrase_due: {},
    passphrase_wrong: {},
    place_impossible: { reason: "The keys are kept there already." },
  },
  store: {
    read_only: { file: "workbench.db", system: "permission denied" },
    full: { file: "workbench.db" },
    missing: { file: "workbench.db" },
    damaged: { file: "workbench.db", system: "not a database" },
    newer: { file: "workbench.db", found: 99, known: 4 },
    busy: { file: "workbench.db" },
    failed: { file: "workbench.db", system: "disk I/O error" },
  },
  policies: {
    name_empty: {},
    name_too_long: { maximum: 64 },
    name_character: { character: "\\u{200b}" },
    reserved: { name: "This profile" },
    keys_refused: { why: "This holds a private key" },
    no_algorithm: {},
    algorithm_unknown: { name: "es256" },
    leeway_too_long: { maximum: 3600 },
    value_too_long: { field: "issuer", maximum: 512 },
    too_many_required: { field: "claims", maximum: 32 },
    too_many: { maximum: 200 },
    not_found: { name: "Partner API" },
  },
  inspect: { overtaken: {} },
  edit: {
    impossible: { reason: "the payload is not one JSON object" },
    key_unusable: { reason: "This is a public key" },
    key_gone: { kid: "acc-1" },
  },
  jwks: {
    address_invalid: {},
    insecure: {},
    credentials: {},
    declined: { origin: "https://issuer.example" },
    unreachable: { host: "issuer.example" },
    redirected: { host: "issuer.example", location: null },
    status: { host: "issuer.example", status: 404 },
    too_large: { host: "issuer.example", maximum: 524_288 },
    not_a_set: { host: "issuer.example" },
  },
  handover: {
    missing: { file: "token.txt" },
    unreadable: { file: "token.txt", system: "permission denied" },
    too_large: { file: "token.txt", maximum: 8_388_608 },
  },
  clock: { out_of_range: {} },
  clipboard: { empty: {}, failed: {} },
  references: { elsewhere: {}, no_browser: {} },
  program: { gesture_required: {}, internal: {} },
};

const all = Object.entries(samples).flatMap(([area, codes]) =>
  Object.entries(codes).map(([code, details]) => ({ area, code, ...details }) as Failure),
);

test.each(all)("$area: $code has a sentence and a way on", (failure) => {
  const { sentence, fix } = explain(wireError(failure));
  expect(sentence).toMatch(/^\S.*\S$/);
  expect(fix).toMatch(/[.]$/);
  expect(`${sentence} ${fix}`).not.toMatch(/undefined|null|NaN|no words for/);
});

test("limits are the program's", () => {
  const inLine = (failure: Failure) => explainInLine(wireError(failure));
  expect(inLine({ area: "users", code: "display_name_too_long", maximum: 77 })).toBe(
    "The display name is too long. Use at most 77 characters.",
  );
  expect(inLine({ area: "jwks", code: "too_large", host: "issuer.example", maximum: 524_288 })).toContain(
    "larger than 512 KiB",
  );
  expect(inLine({ area: "import", code: "too_large" })).toContain(
    `more than ${IMPORT_USERS.toLocaleString("en")} users or ${IMPORT_BYTES / 1_000_000} MB`,
  );
  const larger = `larger than ${PICTURE_BYTES / 1_048_576} MB`;
  expect(inLine({ area: "second_factor", code: "picture_too_large" })).toContain(larger);
  // How long it is, is a rule of the profile.
  expect(inLine({ area: "second_factor", code: "lapsed" })).not.toMatch(/minutes|[0-9]/);
});
