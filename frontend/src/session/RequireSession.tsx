import { useEffect } from 'react'
import { Navigate, Outlet, useLocation } from 'react-router'
import { PageLoader } from '@/components/PageLoader'
import { SignInDialog } from './SignInDialog'
import { session, signedOut, useSessionStatus } from './store'
import { renew } from './tokens'

/** The pages behind the sign-in; a reload resumes the session by its cookie. */
export function RequireSession() {
  const status = useSessionStatus()
  const location = useLocation()

  useEffect(() => {
    if (session.getState().status === 'resuming') void resume()
  }, [])

  if (status === 'resuming') return <PageLoader />
  if (status === 'signed-out') {
    const here = location.pathname + location.search
    return <Navigate to={here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`} replace />
  }
  return (
    <>
      <Outlet />
      <SignInDialog />
    </>
  )
}

async function resume(): Promise<void> {
  const resumed = await renew().catch(() => false)
  if (!resumed) signedOut()
}
