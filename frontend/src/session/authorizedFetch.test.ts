import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { authorizedFetch } from './authorizedFetch'
import { session, signedIn, signedOut } from './store'

const requests: { path: string; token: string | null; body: string }[] = []
const accepted = new Set<string>()
let cookieIsGood = true

/** The server's side of the contract: it accepts some tokens, and a good cookie gets a new one. */
async function server(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init)
  const path = new URL(request.url, 'http://here').pathname
  const token = request.headers.get('Authorization')?.replace('Bearer ', '') ?? null
  requests.push({ path, token, body: await request.text() })
  if (path.endsWith('/auth/refresh')) {
    if (!cookieIsGood) return Response.json({ title: 'over' }, { status: 401 })
    accepted.add('renewed')
    return Response.json({ access_token: 'renewed' })
  }
  return Response.json({}, { status: token !== null && accepted.has(token) ? 200 : 401 })
}

const tries = (path: string) => requests.filter(request => request.path === path)
const save = () => authorizedFetch('http://here/save', { method: 'PUT', body: 'edit' })

beforeEach(() => {
  requests.length = 0
  accepted.clear()
  cookieIsGood = true
  vi.stubGlobal('fetch', server)
  signedIn('old')
})
afterEach(() => vi.unstubAllGlobals())

describe('a request whose token has ended', () => {
  it('is sent again, body and all, with a renewed token', async () => {
    const response = await save()

    expect(response.status).toBe(200)
    expect(tries('/save')).toEqual([
      { path: '/save', token: 'old', body: 'edit' },
      { path: '/save', token: 'renewed', body: 'edit' },
    ])
  })

  it('renews once for all requests that fail together', async () => {
    await Promise.all([save(), save(), save()])

    expect(tries('/api/v1/auth/refresh')).toHaveLength(1)
  })

  it('waits for a new sign-in when the session is over, and then goes on', async () => {
    cookieIsGood = false
    const pending = save()
    await vi.waitFor(() => expect(session.getState().status).toBe('expired'))
    accepted.add('again')
    signedIn('again')

    expect((await pending).status).toBe(200)
  })

  it('fails when the person chooses not to sign in', async () => {
    cookieIsGood = false
    const pending = save()
    pending.catch(() => undefined)
    await vi.waitFor(() => expect(session.getState().status).toBe('expired'))
    signedOut()

    await expect(pending).rejects.toThrow('signed out')
  })
})

it('passes on an answer that is not about the session', async () => {
  accepted.add('old')

  expect((await save()).status).toBe(200)
  expect(requests).toHaveLength(1)
})
