import { expired, session, untilSignedIn } from './store'
import { renew } from './tokens'

/** `fetch` with the access token. After a 401 it renews once and asks again; if that fails it waits for a new sign-in. */
export async function authorizedFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init)
  const token = session.getState().accessToken
  const response = await fetch(bearing(request.clone(), token))
  if (response.status !== 401) return response
  await haveNewerThan(token)
  return fetch(bearing(request, session.getState().accessToken))
}

/** Return once there is a token other than the one that was refused. */
async function haveNewerThan(refused: string | null): Promise<void> {
  const { accessToken, status } = session.getState()
  if (status === 'signed-in' && accessToken !== refused) return
  if (status !== 'expired' && (await renew())) return
  const signedIn = untilSignedIn()
  expired()
  await signedIn
}

function bearing(request: Request, token: string | null): Request {
  if (token) request.headers.set('Authorization', `Bearer ${token}`)
  return request
}
