// @vitest-environment node
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { addressOf } from "./references";

/** Documents that have no address with a section, or that are only named. */
const PLAIN: readonly string[] = ["W3C VC 1.1 §6.3.1"];

/** Every reference in the sources of the program: a text that is nothing but the name of a document and a section. */
function printed(): string[] {
  const folders = ["jose", "inspect"].map(
    (name) => new URL(`../../../../src-tauri/crates/${name}/src/`, import.meta.url),
  );
  const sources = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".rs") && !/tests?(\.rs|\/)/.test(file))
      .map((file) => readFileSync(new URL(file, folder), "utf8")),
  );
  const found = sources.flatMap((source) => [...source.matchAll(/"([A-Z0-9][\w. -]{0,24} §[\w.]+)"/g)]);
  return [...new Set(found.map(([, reference]) => reference ?? ""))];
}

test("every reference that the program prints has an address, or is plain on purpose", () => {
  const all = printed();
  expect(all.length).toBeGreaterThan(100);
  expect(all.filter((one) => addressOf(one) === null)).toEqual(PLAIN);
});

test("the program opens every address", () => {
  const program = new URL("../../../../src-tauri/src/commands/references.rs", import.meta.url);
  const [, list] = /const PLACES[^=]+=([^;]+);/.exec(readFileSync(program, "utf8")) ?? [];
  const places = [...(list ?? "").matchAll(/"([^"]+)"/g)].map(([, place]) => place ?? "");
  expect(places.length).toBe(3);
  const addresses = printed().flatMap((one) => addressOf(one) ?? []);
  const document = /^[A-Za-z0-9_.#-]{1,100}$/;
  const opens = (address: string) =>
    places.some((place) => address.startsWith(place) && document.test(address.slice(place.length)));
  expect(addresses.filter((address) => !opens(address))).toEqual([]);
});

test("an address leads to the section", () => {
  expect(addressOf("RFC 7519 §4.1.4")).toBe("https://www.rfc-editor.org/rfc/rfc7519.html#section-4.1.4");
  expect(addressOf("9321")).toBe("https://www.rfc-editor.org/rfc/rfc9321.html");
  expect(addressOf("RFC 7515 §F")).toBe("https://www.rfc-editor.org/rfc/rfc7515.html#appendix-F");
  expect(addressOf("SD-JWT VC §2.1")).toBe(
    "https://datatracker.ietf.org/doc/html/draft-ietf-oauth-sd-jwt-vc#section-2.1",
  );
  expect(addressOf("OIDC Core §5.1")).toBe("https://openid.net/specs/openid-connect-core-1_0.html");
});

test("nothing else has one", () => {
  for (const text of ["", "Auth0", "RFC", "RFC 12", "https://evil.example", "7519/../x", "RFC 7519 §<b>"])
    expect(addressOf(text), text).toBeNull();
});
