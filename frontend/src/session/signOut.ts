import type { QueryClient } from '@tanstack/react-query'
import { session, signedOut } from './store'
import { logout } from './tokens'

/** End the session here and on the server; what was loaded for one person is not shown to the next. */
export async function signOut(queryClient: QueryClient): Promise<void> {
  const { accessToken } = session.getState()
  await logout(accessToken).catch(() => undefined)
  signedOut()
  queryClient.clear()
}
