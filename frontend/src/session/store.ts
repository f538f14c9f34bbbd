import { useStore } from 'zustand'
import { createStore } from 'zustand/vanilla'

export type SessionStatus =
  /** Not known yet: the refresh cookie is being tried. */
  | 'resuming'
  | 'signed-in'
  /** Nobody is signed in: the sign-in page. */
  | 'signed-out'
  /** It ended while somebody worked: a dialog over the page, which stays as it is. */
  | 'expired'

type Session = { status: SessionStatus; accessToken: string | null }

/** The session of this tab. The access token lives here, in memory alone. */
export const session = createStore<Session>(() => ({ status: 'resuming', accessToken: null }))

export function useSessionStatus(): SessionStatus {
  return useStore(session, state => state.status)
}

export function signedIn(accessToken: string): void {
  session.setState({ status: 'signed-in', accessToken })
}

export function signedOut(): void {
  session.setState({ status: 'signed-out', accessToken: null })
}

export function expired(): void {
  session.setState({ status: 'expired', accessToken: null })
}

/** Resolves when somebody has signed in, rejects when they chose not to. */
export function untilSignedIn(): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = session.subscribe(({ status }) => {
      if (status !== 'signed-in' && status !== 'signed-out') return
      stop()
      if (status === 'signed-in') resolve()
      else reject(new Error('signed out'))
    })
  })
}
