// The meanings of the well-known members and their sources.
export const meanings: Record<string, readonly [meaning: string, reference: string]> = {
  alg: ["ECDSA P-256, SHA-256", "7518 §3.4"],
  typ: ["OAuth 2.0 access token", "9068 §2.1"],
  kid: ["Key ID", "7515 §4.1.4"],
  iss: ["Issuer", "7519 §4.1.1"],
  sub: ["Subject", "7519 §4.1.2"],
  aud: ["Audience", "7519 §4.1.3"],
  exp: ["Expiration time", "7519 §4.1.4"],
  nbf: ["Not before", "7519 §4.1.5"],
  iat: ["Issued at", "7519 §4.1.6"],
  jti: ["Token ID", "7519 §4.1.7"],
  sid: ["Session ID", ""],
  client_id: ["OAuth client", "8693 §4.3"],
  amr: ["How the user signed in", "8176 §2"],
  auth_time: ["When the user signed in", "OIDC §2"],
  scope: ["Scopes the token carries", "8693 §4.2"],
};
