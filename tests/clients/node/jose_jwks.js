// jose's createRemoteJWKSet: verifies before and after a key rotation, without a restart.

import { createRemoteJWKSet, decodeProtectedHeader, errors, jwtVerify } from 'jose'
import { check, done, refused, rotate, signIn, url } from './issuer.js'

// By default an unknown kid is looked for at most every 30 seconds.
const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`), { cooldownDuration: 0 })
const expected = { issuer: url, audience: 'items-api', typ: 'at+jwt', requiredClaims: ['exp', 'iat', 'sub', 'jti'] }
const verify = (token, changed) => jwtVerify(token, keys, { ...expected, ...changed })
const kid = token => decodeProtectedHeader(token).kid

const older = await signIn('alice')
check('a token verifies', (await verify(older)).payload.sub === 'alice')
const isClaim = claim => error => error instanceof errors.JWTClaimValidationFailed && error.claim === claim
await refused('not for another audience', isClaim('aud'), () => verify(older, { audience: 'orders-api' }))
await refused('not from another issuer', isClaim('iss'), () => verify(older, { issuer: 'http://localhost:1' }))
const [head, claims, signature] = older.split('.')
const other = signature.slice(0, 10) + (signature[10] === 'A' ? 'B' : 'A') + signature.slice(11)
const isSignature = error => error instanceof errors.JWSSignatureVerificationFailed
await refused('not with a changed signature', isSignature, () => verify([head, claims, other].join('.')))
await rotate()
const newer = await signIn('alice')
check('after the rotation another key signs', kid(newer) !== kid(older), kid(newer))
check('its token verifies with the same key set', (await verify(newer)).payload.sub === 'alice')
check('and so does the older one', (await verify(older)).payload.sub === 'alice')
done()
