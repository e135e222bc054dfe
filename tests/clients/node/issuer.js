// What every script here needs: where the issuer is, who may sign in, and how to say what was found.
//
// A script reads one JSON object from standard input: `url`, `users` and `clients`, as in the ready line of `twb serve
// --json`. Where it prints `rotate`, whoever started it rotates the signing key and answers with a line.

import { createInterface } from 'node:readline'

// A script that hangs should end.
setTimeout(() => process.exit(2), 300_000).unref()

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const ready = JSON.parse((await lines.next()).value)

export const url = ready.url
export const passwords = Object.fromEntries(ready.users.map(user => [user.username, user.password]))
export const secrets = Object.fromEntries(ready.clients.map(client => [client.client_id, client.client_secret]))

/** Says what was checked. Ends the script if it does not hold. */
export function check(what, holds, ...shown) {
  console.log(holds ? 'ok' : 'DIFFERS', what, ...(holds ? [] : shown))
  if (!holds) process.exit(1)
}

/** Checks that an action is refused with an error of which `is` holds. */
export async function refused(what, is, action) {
  let answer
  try {
    answer = await action()
  } catch (error) {
    return check(what, is(error), error)
  }
  check(what, false, 'was not refused', answer)
}

/** Has the signing key rotated. */
export async function rotate() {
  console.log('rotate')
  await lines.next()
}

/** An access token by the password grant. */
export async function signIn(username) {
  const body = new URLSearchParams({ grant_type: 'password', username, password: passwords[username] })
  const answer = await fetch(`${url}/token`, { method: 'POST', body })
  return (await answer.json()).access_token
}

/** Ends the script, whose standard input would keep it waiting. */
export const done = () => process.exit(0)
