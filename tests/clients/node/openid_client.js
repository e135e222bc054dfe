// openid-client: discovery in both forms, client_credentials, password, refresh with rotation, introspection,
// revocation, userinfo.

import * as client from 'openid-client'
import { check, done, passwords, refused, secrets, signIn, url } from './issuer.js'

const id = 'items-api'
const ways = { client_secret_basic: client.ClientSecretBasic, client_secret_post: client.ClientSecretPost }
const discover = (algorithm, authentication) =>
  client.discovery(new URL(url), id, {}, authentication, { algorithm, execute: [client.allowInsecureRequests] })
const is = (code, status) => error => error.error === code && error.status === status

for (const algorithm of ['oidc', 'oauth2']) {
  for (const [name, way] of Object.entries(ways)) {
    const config = await discover(algorithm, way(secrets[id]))
    const said = what => `${algorithm}, ${name}: ${what}`
    check(said('the metadata names the issuer'), config.serverMetadata().issuer === url)
    const { access_token: token, scope } = await client.clientCredentialsGrant(config)
    check(said('a client gets a token of its own'), typeof scope === 'string', scope)
    const asked = await client.tokenIntrospection(config, token)
    check(said('introspection finds it active'), asked.active && asked.client_id === id, asked)
    await client.tokenRevocation(config, token)
    const later = await client.tokenIntrospection(config, token)
    check(said('the revoked token is inactive'), later.active === false, later)
    const wrong = await discover(algorithm, way('wrong'))
    // openid-client reports a 401 with a challenge by the challenge.
    const isChallenge = error => error.status === 401
    await refused(said('a wrong secret is refused'), isChallenge, () => client.clientCredentialsGrant(wrong))
  }
}

const config = await client.discovery(new URL(url), 'workbench', {}, client.None(), {
  algorithm: 'oauth2',
  execute: [client.allowInsecureRequests],
})
const alice = { username: 'alice', password: passwords.alice }
const first = await client.genericGrantRequest(config, 'password', alice)
const second = await client.refreshTokenGrant(config, first.refresh_token)
check('a refresh rotates the refresh token', second.refresh_token !== first.refresh_token)
const info = await client.fetchUserInfo(config, second.access_token, 'alice')
check('userinfo is about alice', info.preferred_username === 'alice', info)
const replay = () => client.refreshTokenGrant(config, first.refresh_token)
await refused('a replay is refused', is('invalid_grant', 400), replay)
await refused('and has ended the session', error => error.status === 401, () =>
  client.fetchUserInfo(config, second.access_token, 'alice'),
)
const api = await discover('oauth2', client.ClientSecretBasic(secrets[id]))
const bob = await client.tokenIntrospection(api, await signIn('bob'))
check('introspection tells whose a token is', bob.active && bob.sub === 'bob' && bob.scope === 'items:read', bob)
done()
