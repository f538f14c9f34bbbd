import { useQuery } from '@tanstack/react-query'
import type { AccountOut } from '@/api/generated'
import { getMeOptions } from '@/api/generated/@tanstack/react-query.gen'
import { strings } from '@/strings'

/** Who is signed in; undefined until that is known. */
export function useAccount(): AccountOut | undefined {
  return useQuery({ ...getMeOptions(), staleTime: 300_000 }).data
}

/** Whether the person may do what only admins may; the service decides, this hides what it would refuse. */
export function useIsAdmin(): boolean {
  return useAccount()?.role === 'admin'
}

type Refused = { disabled: boolean; title: string | undefined }

/** Why the service would refuse the person to change or run something; null where it would not. */
export function useRefusal(): string | null {
  return useAccount()?.role === 'viewer' ? strings.people.viewerOnly : null
}

/** For a control that changes or runs something: off for viewers, with the reason where a pointer rests on it. */
export function useRefused(): Refused {
  return refused(useRefusal())
}

/** The same for what only admins may do. */
export function useAdminRefused(): Refused {
  const role = useAccount()?.role
  return refused(role && role !== 'admin' ? strings.people.adminOnly : null)
}

function refused(reason: string | null): Refused {
  return { disabled: reason !== null, title: reason ?? undefined }
}
