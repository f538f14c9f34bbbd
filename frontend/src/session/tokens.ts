import { signedIn } from './store'

const LOGIN = '/api/v1/auth/login'
const REFRESH = '/api/v1/auth/refresh'
const LOGOUT = '/api/v1/auth/logout'

type Tokens = { access_token: string }

let renewing: Promise<boolean> | null = null

/** Sign in; false when name or password is wrong. The refresh token comes as a cookie that no script can read. */
export async function login(username: string, password: string): Promise<boolean> {
  const body = new URLSearchParams({ grant_type: 'password', username, password })
  const response = await fetch(LOGIN, { method: 'POST', body, credentials: 'same-origin' })
  if (response.status === 400 || response.status === 401) return false
  if (!response.ok) throw await problemOf(response)
  signedIn(((await response.json()) as Tokens).access_token)
  return true
}

/** Get a new access token by the cookie; many callers share one request, and tabs take turns, since the cookie rotates. */
export function renew(): Promise<boolean> {
  renewing ??= alone(refresh).finally(() => {
    renewing = null
  })
  return renewing
}

export async function logout(accessToken: string | null): Promise<void> {
  const headers = accessToken ? { Authorization: `Bearer ${accessToken}` } : undefined
  await fetch(LOGOUT, { method: 'POST', credentials: 'same-origin', headers })
}

async function refresh(): Promise<boolean> {
  const response = await fetch(REFRESH, { method: 'POST', credentials: 'same-origin' })
  if (!response.ok) {
    if (response.status >= 500) throw await problemOf(response)
    return false
  }
  signedIn(((await response.json()) as Tokens).access_token)
  return true
}

function alone<T>(work: () => Promise<T>): Promise<T> {
  return navigator.locks ? navigator.locks.request('logidata-refresh', work) : work()
}

async function problemOf(response: Response): Promise<Error> {
  const body = (await response.json().catch(() => null)) as { detail?: string } | null
  return new Error(body?.detail ?? `HTTP ${response.status}`)
}
