// Where the references of claims, checks and findings can be read: RFCs, drafts of the IETF, and OpenID specifications.

const OPENID: Readonly<Record<string, string>> = {
  "OIDC Core": "openid-connect-core-1_0",
  "OIDC Back-Channel": "openid-connect-backchannel-1_0",
  "OIDC Front-Channel": "openid-connect-frontchannel-1_0",
  "OpenID Federation": "openid-federation-1_0",
  "FAPI 1 part 2": "openid-financial-api-part-2-1_0",
};

const DRAFTS: Readonly<Record<string, string>> = {
  "7523bis": "draft-ietf-oauth-rfc7523bis",
  "SD-JWT VC": "draft-ietf-oauth-sd-jwt-vc",
  "OAuth Status List": "draft-ietf-oauth-status-list",
};

/** A section's place in documents that the tools of the IETF made; an appendix has a letter. */
function placeOf(section: string | undefined): string {
  if (section === undefined) return "";
  return /^[A-Z]/.test(section) ? `#appendix-${section}` : `#section-${section}`;
}

/** The address of a reference such as "RFC 7519 §4.1.4", "7515 §4.1.1" or "OIDC Core §2"; null if there is none. */
export function addressOf(reference: string): string | null {
  const found = /^(.+?)(?: §([\w.]+))?$/.exec(reference);
  const document = found?.[1] ?? "";
  const rfc = /^(?:RFC )?(\d{4})$/.exec(document)?.[1];
  if (rfc) return `https://www.rfc-editor.org/rfc/rfc${rfc}.html${placeOf(found?.[2])}`;
  const draft = DRAFTS[document];
  if (draft) return `https://datatracker.ietf.org/doc/html/${draft}${placeOf(found?.[2])}`;
  const openid = OPENID[document];
  // The sections of these documents are named, not numbered.
  return openid ? `https://openid.net/specs/${openid}.html` : null;
}
