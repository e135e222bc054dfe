// oauth4webapi, one request at a time: discovery, client_credentials, introspection, revocation, and an access token as
// a resource server checks it.

import * as oauth from 'oauth4webapi'
import { check, done, secrets, signIn, url } from './issuer.js'

const insecure = { [oauth.allowInsecureRequests]: true }
const client = { client_id: 'items-api' }
const basic = oauth.ClientSecretBasic(secrets[client.client_id])

for (const algorithm of ['oidc', 'oauth2']) {
  const answer = await oauth.discoveryRequest(new URL(url), { algorithm, ...insecure })
  const issuer = await oauth.processDiscoveryResponse(new URL(url), answer)
  const said = what => `${algorithm}: ${what}`
  check(said('the metadata names the issuer'), issuer.issuer === url)
  const asked = await oauth.clientCredentialsGrantRequest(issuer, client, basic, { scope: 'items:read' }, insecure)
  const tokens = await oauth.processClientCredentialsResponse(issuer, client, asked)
  check(said('the token has the asked scope'), tokens.scope === 'items:read', tokens)
  const introspect = async token => {
    const told = await oauth.introspectionRequest(issuer, client, basic, token, insecure)
    return oauth.processIntrospectionResponse(issuer, client, told)
  }
  check(said('introspection finds it active'), (await introspect(tokens.access_token)).active)
  const gone = await oauth.revocationRequest(issuer, client, basic, tokens.access_token, insecure)
  await oauth.processRevocationResponse(gone)
  check(said('the revoked token is inactive'), (await introspect(tokens.access_token)).active === false)

  // As a resource server does it: RFC 9068.
  const token = await signIn('alice')
  const request = new Request('http://localhost/items', { headers: { authorization: `Bearer ${token}` } })
  const claims = await oauth.validateJwtAccessToken(issuer, request, 'items-api', insecure)
  check(said('an access token is one of RFC 9068'), claims.sub === 'alice' && claims.client_id === 'workbench', claims)
}
done()
